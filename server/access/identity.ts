import { createHash } from 'node:crypto'
import { ColloquyError } from '@colloquy/shared'
import { createRemoteJWKSet, decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../clock.ts'
import { principalOf } from './claims.ts'
import type { Principal } from './principal.ts'

export interface IdentityOptions {
  /** The HS256 secret of whoever issues tokens for this team; not together with `jwksUrl`. */
  jwtSecret?: string | undefined
  /** Where the issuer publishes its public keys. */
  jwksUrl?: string | undefined
  /** Signs what the server issues itself: development links, people who joined by an invite. */
  ownSecret: Uint8Array
  /** What the issuer's tokens name as `iss` and `aud`. */
  issuer?: string | undefined
  audience?: string | undefined
  clock: Clock
}

export interface Identity {
  /**
   * The person that an `Authorization` header proves.
   * @throws ColloquyError `UNAUTHENTICATED` without saying why; `STORE_UNAVAILABLE` when the issuer's keys cannot
   *   be fetched, which says nothing about the token.
   */
  identify(authorization: string | undefined): Promise<Principal>
  /** A token that `identify` accepts for `ttlMs`. */
  issueToken(principal: Omit<Principal, 'expiresAt'>, ttlMs: number): Promise<string>
}

type Verify = (token: string) => Promise<JWTPayload>

/** `kid` of the tokens that the server issues itself. */
const OWN = 'own'
/** `iss` and `aud` of those tokens whatever the issuer's are: another issuer signs out no guest. */
const OWN_CLAIMS = { issuer: 'colloquy', audience: 'colloquy' }
/**
 * One algorithm for each type of key, so that a key is never used in a way that its owner did not choose, and
 * none is symmetric, so that a public key never serves as a secret.
 */
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Longest header that is looked at. */
const HEADER_LENGTH = 16_384
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i

export function createIdentity(options: IdentityOptions): Identity {
  const { ownSecret, issuer = 'colloquy', audience = 'colloquy', clock } = options
  const checks = () => ({ requiredClaims: ['sub', 'exp'], currentDate: new Date(clock.now()) })
  const verifyOwn: Verify = async (token) =>
    (await jwtVerify(token, ownSecret, { ...checks(), ...OWN_CLAIMS, algorithms: ['HS256'] })).payload
  const verifyForeign = foreignVerifier(options, () => ({ ...checks(), issuer, audience }))
  const known = createVerifiedTokens(clock)

  async function verify(token: string): Promise<Principal> {
    const own = decodeProtectedHeader(token).kid === OWN
    const verifier = own ? verifyOwn : verifyForeign
    const principal = verifier && principalOf(await verifier(token))
    if (!principal) throw unauthenticated()
    return principal
  }

  return {
    async identify(authorization) {
      const token = bearer(authorization)
      const hit = known.get(token)
      if (hit) return hit
      const principal = await verify(token).catch((error: unknown) => {
        throw isOutage(error) ? issuerUnreachable(error) : unauthenticated()
      })
      known.add(token, principal)
      return principal
    },
    issueToken({ userId, name, groups, admin }, ttlMs) {
      const now = clock.now()
      return new SignJWT({ name, groups: [...groups], admin })
        .setProtectedHeader({ alg: 'HS256', kid: OWN, typ: 'JWT' })
        .setSubject(userId)
        .setIssuer(OWN_CLAIMS.issuer)
        .setAudience(OWN_CLAIMS.audience)
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(Math.ceil((now + ttlMs) / 1000))
        .sign(ownSecret)
    },
  }
}

function foreignVerifier(options: IdentityOptions, checks: () => object): Verify | null {
  const { jwtSecret, jwksUrl } = options
  if (jwtSecret !== undefined && jwksUrl !== undefined) {
    throw new Error('Set COLLOQUY_JWT_SECRET or COLLOQUY_JWKS_URL, not both')
  }
  if (jwtSecret !== undefined) {
    if (jwtSecret === '') throw new Error('COLLOQUY_JWT_SECRET is empty')
    const secret = new TextEncoder().encode(jwtSecret)
    return async (token) => (await jwtVerify(token, secret, { ...checks(), algorithms: ['HS256'] })).payload
  }
  if (jwksUrl === undefined) return null
  const keys = createRemoteJWKSet(new URL(jwksUrl))
  return async (token) =>
    (await jwtVerify(token, keys, { ...checks(), algorithms: PUBLIC_KEY_ALGORITHMS })).payload
}

function bearer(authorization: string | undefined): string {
  const match =
    authorization !== undefined && authorization.length <= HEADER_LENGTH && BEARER.exec(authorization)
  if (!match || match[1] === undefined) throw unauthenticated()
  return match[1]
}

function unauthenticated(): ColloquyError {
  return new ColloquyError('UNAUTHENTICATED', 'A valid credential is needed.')
}

function issuerUnreachable(cause: unknown): ColloquyError {
  return new ColloquyError('STORE_UNAVAILABLE', 'The identity provider does not answer.', undefined, cause)
}

/** True when the keys could not be fetched; every other failure is the token's. */
function isOutage(error: unknown): boolean {
  if (error instanceof ColloquyError) return false
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true
  if (error instanceof errors.JOSEError) return error.code === 'ERR_JOSE_GENERIC'
  return error instanceof TypeError && error.message === 'fetch failed'
}

/** Tokens verified lately, by hash, so that a busy client costs no cryptography for each request. */
function createVerifiedTokens(clock: Clock) {
  const keepMs = 60_000
  const most = 2_000
  const entries = new Map<string, { principal: Principal; until: number }>()
  const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
  return {
    get(token: string): Principal | null {
      const key = keyOf(token)
      const entry = entries.get(key)
      if (!entry) return null
      entries.delete(key)
      if (entry.until <= clock.now()) return null
      entries.set(key, entry)
      return entry.principal
    },
    add(token: string, principal: Principal): void {
      entries.set(keyOf(token), { principal, until: Math.min(principal.expiresAt, clock.now() + keepMs) })
      const oldest = entries.keys().next()
      if (entries.size > most && !oldest.done) entries.delete(oldest.value)
    },
  }
}
