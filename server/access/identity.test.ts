import { describe, expect, it } from 'vitest'
import { bearer, bytes, clockAt, make, NOW, OWN_SECRET, refusal, SECRET } from './identity.fixture.ts'
import { createIdentity } from './identity.ts'

const hs = (clock = clockAt(NOW)) => createIdentity({ jwtSecret: SECRET, ownSecret: OWN_SECRET, clock })

describe('identity', () => {
  it('[I1] a token of the issuer proves who asks, until it lapses', async () => {
    const claims = { name: 'Ann Lee', groups: ['b', 'a', 'b'], admin: true, workspace: 'default' }
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
      await bearer({ claims: { exp: seconds - 5 } }),
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
    const person = { userId: 'own_1', name: 'Bo', groups: ['g'], admin: false }
    for (const identity of [hs(), createIdentity({ ownSecret: OWN_SECRET, clock: clockAt(NOW) })]) {
      const token = await identity.issueToken(person, 60_000)
      expect(await identity.identify(`bearer ${token}`)).toEqual({
        ...{ ...person, expiresAt: NOW + 60_000, issuedAt: NOW },
      })
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
      'constructor',
      '__proto__',
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
    clock.pass(35_000)
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
