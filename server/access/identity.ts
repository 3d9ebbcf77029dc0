import { createHash } from 'node:crypto'
import { ColloquyError } from '@colloquy/shared'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { GUEST_PREFIX, ownMarks, principalOf, WrongClaim } from './claims.ts'
import { createKeySet } from './key-set.ts'
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
  /** What this workspace is called in the issuer's tokens; `default` without it. */
  workspace?: string | undefined
  /** True where links of development mode sign nobody in. */
  production?: boolean | undefined
  clock: Clock
  log?: Log | undefined
}

export interface Identity {
  /**
   * The person that an `Authorization` header proves.
   * @throws ColloquyError `UNAUTHENTICATED` without saying why; `IDENTITY_UNAVAILABLE` when the issuer's keys
   *   cannot be fetched, which says nothing about the token.
   */
  identify(authorization: string | undefined): Promise<Principal>
  /** A token that `identify` accepts for `ttlMs`, and that says when the proof it came from was made. */
  issueToken(principal: Omit<Principal, 'expiresAt'>, ttlMs: number): Promise<string>
}

type Verify = (token: string) => Promise<Principal>

/** `kid` of the tokens that the server issues itself. */
const OWN = 'own'
/** `iss` and `aud` of those tokens whatever the issuer's are: another issuer signs out no guest. */
const OWN_CLAIMS = { issuer: 'colloquy', audience: 'colloquy' }
/**
 * One algorithm for each type of key, so that a key is never used in a way that its owner did not choose, and
 * none is symmetric, so that a public key never serves as a secret.
 */
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** How far, in seconds, the issuer's clock may be off. */
const CLOCK_TOLERANCE = 5
/** Longest header that is looked at. */
const HEADER_LENGTH = 16_384
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i

export function createIdentity(options: IdentityOptions): Identity {
  const { ownSecret, clock, log } = options
  const verifyOwn: Verify = async (token) => {
    const checks = { ...OWN_CLAIMS, ...checksAt(clock), algorithms: ['HS256'] }
    const { payload } = await jwtVerify(token, ownSecret, checks)
    const marks = ownMarks(payload)
    if (marks.dev && options.production) throw new WrongClaim('dev')
    const person = principalOf(payload, '')
    const guest = person.userId.startsWith(GUEST_PREFIX)
    return { ...person, ...marks, ...(guest ? { guest } : {}) }
  }
  const verifyForeign = foreignVerifier(options)
  const known = createVerifiedTokens(clock)

  async function verify(token: string): Promise<Principal> {
    const verifier = isOwn(token) ? verifyOwn : verifyForeign
    if (!verifier) throw refused({ code: 'NO_ISSUER' })
    return verifier(token)
  }
  function refused(why: object): ColloquyError {
    log?.info(why, 'token refused')
    return unauthenticated()
  }

  return {
    async identify(authorization) {
      if (authorization === undefined) throw unauthenticated()
      const token = tokenOf(authorization)
      if (token === null) throw refused({ code: 'NOT_A_TOKEN' })
      const hit = known.get(token)
      if (hit) return hit
      const principal = await verify(token).catch((error: unknown) => {
        throw error instanceof ColloquyError ? error : refused(whyOf(error))
      })
      known.add(token, principal)
      return principal
    },
    issueToken({ userId, name, groups, admin, issuedAt, ...marks }, ttlMs) {
      const now = clock.now()
      return new SignJWT({ name, groups: [...groups], admin, ...ownMarks(marks) })
        .setProtectedHeader({ alg: 'HS256', kid: OWN, typ: 'JWT' })
        .setSubject(userId)
        .setIssuer(OWN_CLAIMS.issuer)
        .setAudience(OWN_CLAIMS.audience)
        .setIssuedAt(Math.floor((issuedAt ?? now) / 1000))
        .setExpirationTime(Math.ceil((now + ttlMs) / 1000))
        .sign(ownSecret)
    },
  }
}

/** By what it says; whoever verifies it says whether that is true. */
function isOwn(token: string): boolean {
  try {
    return decodeProtectedHeader(token).kid === OWN
  } catch {
    return false
  }
}

function checksAt(clock: Clock) {
  return { requiredClaims: ['sub', 'exp'], currentDate: new Date(clock.now()) }
}

function foreignVerifier(options: IdentityOptions): Verify | null {
  const { jwtSecret, jwksUrl, issuer = 'colloquy', audience = 'colloquy', clock, log } = options
  const { workspace = 'default' } = options
  if (jwtSecret !== undefined && jwksUrl !== undefined) {
    throw new Error('Set COLLOQUY_JWT_SECRET or COLLOQUY_JWKS_URL, not both')
  }
  const checks = () => ({ ...checksAt(clock), issuer, audience, clockTolerance: CLOCK_TOLERANCE })
  const person = ({ payload }: { payload: JWTPayload }) => principalOf(payload, workspace)
  if (jwtSecret !== undefined) {
    if (jwtSecret === '') throw new Error('COLLOQUY_JWT_SECRET is empty')
    const secret = new TextEncoder().encode(jwtSecret)
    return async (token) => person(await jwtVerify(token, secret, { ...checks(), algorithms: ['HS256'] }))
  }
  if (jwksUrl === undefined) return null
  const keys = createKeySet(new URL(jwksUrl), clock, log)
  return async (token) =>
    person(await jwtVerify(token, keys, { ...checks(), algorithms: PUBLIC_KEY_ALGORITHMS }))
}

function tokenOf(authorization: string): string | null {
  return (authorization.length <= HEADER_LENGTH && BEARER.exec(authorization)?.[1]) || null
}

function unauthenticated(): ColloquyError {
  return new ColloquyError('UNAUTHENTICATED', 'A valid credential is needed.')
}

/** For the operator's log: codes and names of claims, nothing that the token holds. */
function whyOf(error: unknown): object {
  if (error instanceof WrongClaim) return { code: 'WRONG_CLAIM', claim: error.claim }
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return { code: error.code, claim: error.claim, reason: error.reason }
  }
  if (error instanceof errors.JOSEError) return { code: error.code }
  return { code: error instanceof Error ? error.name : 'UNKNOWN' }
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
