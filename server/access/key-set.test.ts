import { createHmac, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import {
  bearer,
  bytes,
  clockAt,
  keptLog,
  make,
  NOW,
  OWN_SECRET,
  refusal,
  SECRET,
} from './identity.fixture.ts'
import { createIdentity, type Identity } from './identity.ts'

describe('identity by published keys', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  interface Published {
    identity: Identity
    clock: ReturnType<typeof clockAt>
    requests: number
    /** What the issuer answers with from now on. */
    status: number
    log: ReturnType<typeof keptLog>
  }

  async function publishing(status = 200): Promise<Published> {
    const keys = [
      { ...(await exportJWK(rsa.publicKey)), kid: 'r' },
      { ...(await exportJWK(ec.publicKey)), kid: 'e' },
      { kty: 'oct', k: Buffer.from(SECRET).toString('base64url'), kid: 's' },
    ]
    const clock = clockAt(NOW)
    const log = keptLog()
    const server = createServer((_request, response) => {
      made.requests++
      response.writeHead(made.status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => server.close())
    const { port } = server.address() as AddressInfo
    const jwksUrl = `http://127.0.0.1:${port}/keys`
    const identity = createIdentity({ jwksUrl, ownSecret: OWN_SECRET, clock, log })
    const made: Published = { identity, clock, log, requests: 0, status }
    return made
  }
  const published = async (status?: number) => (await publishing(status)).identity
  const ofRsa = (claims: object = {}) =>
    bearer({
      alg: 'RS256',
      key: rsa.privateKey,
      header: { kid: 'r' },
      claims: { exp: NOW / 1000 + 86_400, ...claims },
    })

  it('[I10] a token of a published key proves who asks, with the one algorithm of that key', async () => {
    const identity = await published()
    const byRsa = { alg: 'RS256', key: rsa.privateKey, header: { kid: 'r' } }
    const byEc = { alg: 'ES256', key: ec.privateKey, header: { kid: 'e' } }
    expect((await identity.identify(await bearer(byRsa))).userId).toBe('ann')
    expect((await identity.identify(await bearer(byEc))).userId).toBe('ann')
    for (const alg of ['PS256', 'RS512']) {
      expect((await refusal(identity, await bearer({ ...byRsa, alg }))).code).toBe('UNAUTHENTICATED')
    }
  })

  it('[I11] a key that is not published, or a public key used as a secret, proves nothing', async () => {
    const identity = await published()
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const wrong = [
      { alg: 'RS256', key: other.privateKey, header: { kid: 'r' } },
      { alg: 'RS256', key: rsa.privateKey, header: { kid: 'own' } },
      { alg: 'RS256', key: rsa.privateKey, header: { kid: 'unknown' } },
      { alg: 'HS256', key: bytes(SECRET), header: { kid: 's' } },
    ]
    for (const made of wrong)
      expect((await refusal(identity, await bearer(made))).code).toBe('UNAUTHENTICATED')
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' })
    const [, payload] = (await make()).split('.')
    const input = `${Buffer.from('{"alg":"HS256","kid":"r"}').toString('base64url')}.${payload}`
    const signature = createHmac('sha256', pem).update(input).digest('base64url')
    expect((await refusal(identity, `Bearer ${input}.${signature}`)).code).toBe('UNAUTHENTICATED')
  })

  it('[I12] when the keys cannot be fetched the token is not to blame; own tokens still hold', async () => {
    const token = await bearer({ alg: 'RS256', key: rsa.privateKey, header: { kid: 'r' } })
    const failing = await published(500)
    const gone = createIdentity({
      jwksUrl: 'http://127.0.0.1:1/keys',
      ownSecret: OWN_SECRET,
      clock: clockAt(NOW),
    })
    for (const identity of [failing, gone]) {
      expect((await refusal(identity, token)).code).toBe('IDENTITY_UNAVAILABLE')
      const own = await identity.issueToken({ userId: 'bo', name: 'Bo', groups: [], admin: false }, 1000)
      expect((await identity.identify(`Bearer ${own}`)).userId).toBe('bo')
    }
  })

  it('[I31] while the issuer fails, the keys that it last published hold, for some hours', async () => {
    const issuer = await publishing()
    expect((await issuer.identity.identify(await ofRsa())).userId).toBe('ann')
    issuer.status = 500
    for (const hours of [1, 4]) {
      issuer.clock.pass(hours * 3_600_000)
      expect((await issuer.identity.identify(await ofRsa())).userId).toBe('ann')
    }
    const newer = { alg: 'RS256', key: rsa.privateKey, header: { kid: 'newer' } }
    expect(
      (await refusal(issuer.identity, await bearer({ ...newer, claims: { exp: NOW / 1000 + 86_400 } }))).code,
    ).toBe('IDENTITY_UNAVAILABLE')
    issuer.clock.pass(2 * 3_600_000)
    expect((await refusal(issuer.identity, await ofRsa())).code).toBe('IDENTITY_UNAVAILABLE')
    issuer.status = 200
    issuer.clock.pass(30_000)
    expect((await issuer.identity.identify(await ofRsa())).userId).toBe('ann')
  })

  it('[I32] an issuer that failed is left alone for half a minute, and asked once for all who wait', async () => {
    const issuer = await publishing(500)
    const ask = async (sub: string) => (await refusal(issuer.identity, await ofRsa({ sub }))).code
    expect(new Set(await Promise.all(['a', 'b', 'c'].map(ask)))).toEqual(new Set(['IDENTITY_UNAVAILABLE']))
    expect(await ask('d')).toBe('IDENTITY_UNAVAILABLE')
    expect(issuer.requests).toBe(1)
    expect(issuer.log.lines).toMatchObject([{ message: 'keys not fetched' }])
    issuer.clock.pass(29_999)
    await ask('e')
    expect(issuer.requests).toBe(1)
    issuer.clock.pass(1)
    issuer.status = 200
    expect((await issuer.identity.identify(await ofRsa())).userId).toBe('ann')
    expect(issuer.requests).toBe(2)
  })

  it('[I10] keys that came since are found, and guesses make no flood of requests', async () => {
    const issuer = await publishing()
    const unknown = { alg: 'RS256', key: rsa.privateKey, header: { kid: 'unknown' } }
    await issuer.identity.identify(await ofRsa())
    for (let i = 0; i < 3; i++) {
      expect((await refusal(issuer.identity, await bearer(unknown))).code).toBe('UNAUTHENTICATED')
    }
    expect(issuer.requests).toBe(1)
    issuer.clock.pass(30_000)
    for (let i = 0; i < 3; i++) await refusal(issuer.identity, await bearer(unknown))
    expect(issuer.requests).toBe(2)
  })
})
