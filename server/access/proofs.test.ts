import { describe, expect, it } from 'vitest'
import { bearer, bytes, clockAt, keptLog, NOW, OWN_SECRET, refusal, SECRET } from './identity.fixture.ts'
import { createIdentity, type IdentityOptions } from './identity.ts'

const SECONDS = NOW / 1000
const ana = { userId: 'ana', name: 'Ana', groups: [], admin: true }

function identityWith(more: Partial<IdentityOptions> = {}) {
  return createIdentity({ jwtSecret: SECRET, ownSecret: OWN_SECRET, clock: clockAt(NOW), ...more })
}

describe('what a proof says beside who somebody is', () => {
  it('[I29] a link of development signs nobody in to production, nor does what was made of it', async () => {
    const link = await identityWith().issueToken({ ...ana, dev: true }, 60_000)
    const inDevelopment = await identityWith().identify(`Bearer ${link}`)
    expect(inDevelopment).toMatchObject({ userId: 'ana', admin: true, dev: true })
    const cookie = await identityWith().issueToken(inDevelopment, 60_000)
    const production = identityWith({ production: true })
    for (const token of [link, cookie]) {
      expect((await refusal(production, `Bearer ${token}`)).code).toBe('UNAUTHENTICATED')
    }
    const usual = await production.issueToken(ana, 60_000)
    expect((await production.identify(`Bearer ${usual}`)).dev).toBeUndefined()
  })

  it('[I30] only the server says who is a guest, and goes on saying so', async () => {
    const identity = identityWith()
    const first = await identity.identify(
      `Bearer ${await identity.issueToken({ ...ana, guest: true }, 60_000)}`,
    )
    const again = await identity.identify(`Bearer ${await identity.issueToken(first, 60_000)}`)
    expect([first.guest, again.guest]).toEqual([true, true])
    const claims = { guest: true, dev: true }
    const theirs = await identityWith({ production: true }).identify(await bearer({ claims }))
    expect([theirs.guest, theirs.dev]).toEqual([undefined, undefined])
    expect(
      (await identity.identify(`Bearer ${await identity.issueToken(ana, 60_000)}`)).guest,
    ).toBeUndefined()
  })

  it('[I33] a proof says when it was made, and a token made of it says the same', async () => {
    const identity = identityWith()
    const first = await identity.identify(await bearer({ claims: { iat: SECONDS - 500 } }))
    expect(first.issuedAt).toBe(NOW - 500_000)
    const cookie = await identity.identify(`Bearer ${await identity.issueToken(first, 60_000)}`)
    expect(cookie.issuedAt).toBe(NOW - 500_000)
    expect((await identity.identify(`Bearer ${await identity.issueToken(ana, 60_000)}`)).issuedAt).toBe(NOW)
    expect((await identity.identify(await bearer())).issuedAt).toBeUndefined()
  })

  it('[I34] a token for another workspace is refused', async () => {
    const here = identityWith({ workspace: 'boats' })
    expect((await here.identify(await bearer({ claims: { workspace: 'boats' } }))).userId).toBe('ann')
    expect((await here.identify(await bearer())).userId).toBe('ann')
    for (const [identity, workspace] of [
      [here, 'default'],
      [here, 'Boats'],
      [identityWith(), 'boats'],
    ] as const) {
      expect((await refusal(identity, await bearer({ claims: { workspace } }))).code).toBe('UNAUTHENTICATED')
    }
  })

  it('[I35] why a token was refused is in the log, by claim and code; what it holds is not', async () => {
    const log = keptLog()
    const identity = identityWith({ log, production: true })
    const word = 'hunter2'
    const link = await identity.issueToken({ ...ana, dev: true }, 60_000)
    const refused: [string, object][] = [
      [await bearer({ claims: { exp: SECONDS - 10 } }), { code: 'ERR_JWT_EXPIRED', claim: 'exp' }],
      [await bearer({ claims: { iss: word } }), { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED', claim: 'iss' }],
      [await bearer({ claims: { aud: undefined } }), { claim: 'aud', reason: 'missing' }],
      [await bearer({ key: bytes(word.repeat(9)) }), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' }],
      [await bearer({ claims: { groups: ['a', [word]] } }), { code: 'WRONG_CLAIM', claim: 'groups.1' }],
      [await bearer({ claims: { workspace: word } }), { code: 'WRONG_CLAIM', claim: 'workspace' }],
      [`Bearer ${link}`, { code: 'WRONG_CLAIM', claim: 'dev' }],
      [`Bearer ${word}.${word}.${word}`, { code: 'ERR_JWS_INVALID' }],
      [`Bearer ${word}`, { code: 'NOT_A_TOKEN' }],
      [`Basic ${word}`, { code: 'NOT_A_TOKEN' }],
    ]
    for (const [authorization, expected] of refused) {
      expect((await refusal(identity, authorization)).code).toBe('UNAUTHENTICATED')
      expect(log.lines.at(-1)).toMatchObject({ message: 'token refused', ...expected })
    }
    expect(log.lines).toHaveLength(refused.length)
    expect(JSON.stringify(log.lines)).not.toMatch(/hunter2|eyJ/)
    await refusal(identity, undefined)
    expect(log.lines).toHaveLength(refused.length)
    await refusal(identityWith({ log, jwtSecret: undefined }), await bearer())
    expect(log.lines.at(-1)).toMatchObject({ code: 'NO_ISSUER' })
  })

  it('[I30] a guest’s id makes a guest of a token without the mark', async () => {
    const token = await identityWith().issueToken({ ...ana, userId: 'guest_x' }, 60_000)
    expect((await identityWith().identify(`Bearer ${token}`)).guest).toBe(true)
  })

  it('[I36] a claim that is null is none, and a clock may be five seconds off', async () => {
    const claims = { name: null, groups: null, admin: null, workspace: null }
    expect(await identityWith().identify(await bearer({ claims }))).toMatchObject({
      ...{ userId: 'ann', name: 'ann', groups: [], admin: false },
    })
    const near = [{ exp: SECONDS - 4 }, { nbf: SECONDS + 5 }]
    for (const claims of near) {
      expect((await identityWith().identify(await bearer({ claims }))).userId).toBe('ann')
    }
    for (const claims of [{ exp: SECONDS - 5 }, { nbf: SECONDS + 6 }]) {
      expect((await refusal(identityWith(), await bearer({ claims }))).code).toBe('UNAUTHENTICATED')
    }
  })
})
