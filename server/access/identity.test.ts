import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ColloquyError } from '@colloquy/shared'
import { exportJWK, SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { createIdentity, type Identity } from './identity.ts'

const NOW = 1_800_000_000_000
const SECRET = 'the secret of whoever issues tokens for the team'
const OWN_SECRET = new Uint8Array(32).fill(7)
const bytes = (text: string) => new TextEncoder().encode(text)

function clockAt(start: number) {
  let now = start
  const pass = (ms: number) => {
    now += ms
  }
  return { now: () => now, after: () => () => {}, pass }
}

interface Made {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
  alg?: string
  key?: Uint8Array | KeyObject
}
function make({ header = {}, claims = {}, alg = 'HS256', key = bytes(SECRET) }: Made = {}): Promise<string> {
  const exp = Math.floor(NOW / 1000) + 3600
  const payload = { sub: 'ann', iss: 'colloquy', aud: 'colloquy', exp, ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg, ...header }).sign(key)
}
const bearer = async (made: Made = {}) => `Bearer ${await make(made)}`

async function refusal(identity: Identity, authorization: string | undefined): Promise<ColloquyError> {
  const error = await identity.identify(authorization).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ColloquyError)) throw new Error(`not refused: ${String(error)}`)
  return error
}

const hs = (clock = clockAt(NOW)) => createIdentity({ jwtSecret: SECRET, ownSecret: OWN_SECRET, clock })

describe('identity', () => {
  it('[I1] a token of the issuer proves who asks, until it lapses', async () => {
    const claims = { name: 'Ann Lee', groups: ['b', 'a', 'b'], admin: true, workspace: 'w' }
    expect(await hs().identify(await bearer({ claims }))).toEqual({
      userId: 'ann',
      name: 'Ann Lee',
      groups: ['a', 'b'],
      admin: true,
      expiresAt: NOW + 3_600_000,
    })
  })

  it('[I2] whatever is wrong with a credential, the refusal is the same', async () => {
    const seconds = Math.floor(NOW / 1000)
    const good = await make()
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`
    const wrong: (string | undefined)[] = [
      undefined,
      '',
      'Bearer',
      'Bearer x',
      `Basic ${good}`,
      `Bearer ${good}x`,
      `Bearer ${good.slice(0, -4)}`,
      `Bearer ${unsigned}`,
      `Bearer ${unsigned}AAAA`,
      `Bearer ${'a'.repeat(20_000)}.b.c`,
      await bearer({ claims: { exp: seconds } }),
      await bearer({ claims: { exp: seconds - 3600 } }),
      await bearer({ claims: { exp: undefined } }),
      await bearer({ claims: { nbf: seconds + 60 } }),
      await bearer({ claims: { iss: 'somebody' } }),
      await bearer({ claims: { iss: undefined } }),
      await bearer({ claims: { aud: 'another' } }),
      await bearer({ claims: { aud: undefined } }),
      await bearer({ key: bytes('another secret, just as long as the right one') }),
    ]
    const texts = new Set<string>()
    for (const authorization of wrong) {
      const { code, message, details } = await refusal(hs(), authorization)
      texts.add(JSON.stringify({ code, message, details }))
    }
    expect([...texts]).toEqual(['{"code":"UNAUTHENTICATED","message":"A valid credential is needed."}'])
  })

  it('[I3] only HS256 is accepted for a secret', async () => {
    for (const alg of ['HS384', 'HS512']) {
      const key = bytes(SECRET.repeat(2))
      const identity = createIdentity({
        jwtSecret: SECRET.repeat(2),
        ownSecret: OWN_SECRET,
        clock: clockAt(NOW),
      })
      expect((await refusal(identity, await bearer({ alg, key }))).code).toBe('UNAUTHENTICATED')
    }
  })

  it('[I4] `kid: own` means the own secret and nothing else, both ways round', async () => {
    const identity = hs()
    const foreignAsOwn = await bearer({ header: { kid: 'own' } })
    const ownAsForeign = await bearer({ key: OWN_SECRET })
    expect((await refusal(identity, foreignAsOwn)).code).toBe('UNAUTHENTICATED')
    expect((await refusal(identity, ownAsForeign)).code).toBe('UNAUTHENTICATED')
    expect((await identity.identify(await bearer({ header: { kid: 'own' }, key: OWN_SECRET }))).userId).toBe(
      'ann',
    )
  })

  it('[I5] tokens that the server issues hold beside the issuer’s, and without one', async () => {
    const person = { userId: 'guest_1', name: 'Bo', groups: ['g'], admin: false }
    for (const identity of [hs(), createIdentity({ ownSecret: OWN_SECRET, clock: clockAt(NOW) })]) {
      const token = await identity.issueToken(person, 60_000)
      expect(await identity.identify(`bearer ${token}`)).toEqual({ ...person, expiresAt: NOW + 60_000 })
    }
    const alone = createIdentity({ ownSecret: OWN_SECRET, clock: clockAt(NOW) })
    expect((await refusal(alone, await bearer())).code).toBe('UNAUTHENTICATED')
  })

  it('[I6] a userId has a shape, and is no word that stands for somebody else', async () => {
    const identity = hs()
    for (const sub of [
      '',
      ' ann',
      'a b',
      'a/b',
      'a\nb',
      'ä',
      'a'.repeat(201),
      'me',
      'everyone',
      'group:x',
      7,
      null,
    ]) {
      expect((await refusal(identity, await bearer({ claims: { sub } }))).code, String(sub)).toBe(
        'UNAUTHENTICATED',
      )
    }
    for (const sub of ['ann', 'ann@example.com', 'auth0|5f', 'a.b-c:d_e', 'ann+x@example.com']) {
      expect((await identity.identify(await bearer({ claims: { sub } }))).userId).toBe(sub)
    }
  })

  it('[I7] a name that cannot be shown gives way to the userId; wrong groups or admin are refused', async () => {
    const identity = hs()
    for (const name of [undefined, '', '   ', 7, 'a\u202eb', 'x'.repeat(61), 'a\nb']) {
      expect((await identity.identify(await bearer({ claims: { name } }))).name).toBe('ann')
    }
    for (const claims of [
      { groups: 'a' },
      { groups: [''] },
      { groups: [7] },
      { admin: 'true' },
      { workspace: 7 },
    ]) {
      expect((await refusal(identity, await bearer({ claims }))).code).toBe('UNAUTHENTICATED')
    }
  })

  it('[I8] a verified token is remembered, and never past its end', async () => {
    const clock = clockAt(NOW)
    const identity = hs(clock)
    const authorization = await bearer({ claims: { exp: Math.floor(NOW / 1000) + 30 } })
    const first = await identity.identify(authorization)
    expect(await identity.identify(authorization)).toBe(first)
    clock.pass(30_000)
    expect((await refusal(identity, authorization)).code).toBe('UNAUTHENTICATED')
  })

  it('[I26] issuer and audience are as set, for foreign tokens alone: the server’s own outlive a change', async () => {
    const made = { jwtSecret: SECRET, ownSecret: OWN_SECRET, clock: clockAt(NOW) }
    const identity = createIdentity({ ...made, issuer: 'https://id.example/', audience: 'team' })
    const claims = { iss: 'https://id.example/', aud: ['other', 'team'] }
    expect((await identity.identify(await bearer({ claims }))).userId).toBe('ann')
    for (const wrong of [{}, { ...claims, aud: 'colloquy' }, { ...claims, iss: 'colloquy' }]) {
      expect((await refusal(identity, await bearer({ claims: wrong }))).code).toBe('UNAUTHENTICATED')
    }
    const guest = await hs().issueToken({ userId: 'bo', name: 'Bo', groups: [], admin: false }, 1000)
    expect((await identity.identify(`Bearer ${guest}`)).userId).toBe('bo')
  })

  it('[I9] a secret and a key set are not set together', () => {
    const both = {
      jwtSecret: SECRET,
      jwksUrl: 'http://127.0.0.1/keys',
      ownSecret: OWN_SECRET,
      clock: clockAt(NOW),
    }
    expect(() => createIdentity(both)).toThrow(/not both/)
    expect(() => createIdentity({ ...both, jwksUrl: undefined, jwtSecret: '' })).toThrow(/empty/)
  })
})

describe('identity by published keys', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  async function published(status = 200): Promise<Identity> {
    const keys = [
      { ...(await exportJWK(rsa.publicKey)), kid: 'r' },
      { ...(await exportJWK(ec.publicKey)), kid: 'e' },
      { kty: 'oct', k: Buffer.from(SECRET).toString('base64url'), kid: 's' },
    ]
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => server.close())
    const { port } = server.address() as AddressInfo
    return createIdentity({
      jwksUrl: `http://127.0.0.1:${port}/keys`,
      ownSecret: OWN_SECRET,
      clock: clockAt(NOW),
    })
  }

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
      expect((await refusal(identity, token)).code).toBe('STORE_UNAVAILABLE')
      const own = await identity.issueToken({ userId: 'bo', name: 'Bo', groups: [], admin: false }, 1000)
      expect((await identity.identify(`Bearer ${own}`)).userId).toBe('bo')
    }
  })
})
