import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CookieIdentity, Identity } from './identity.ts'
import { settle } from './test/clock.ts'
import { world } from './test/kit.ts'
import { tokenOf } from './test/server.ts'

it('[C2] reads who signs in from the token, in any script', async () => {
  const identity = new Identity(() => tokenOf('person/ä~?', 'Zoë 美咲'))
  expect(identity.subject).toBeNull()
  expect(await identity.who()).toEqual({ id: 'person/ä~?', name: 'Zoë 美咲' })
})

it('[C2] a token in place of the function is told at once', () => {
  const w = world()
  expect(() => w.join({ auth: 'a.b.c' as never })).toThrow('`auth` has to be a function')
})

it('[C2] asks `auth` once for requests that are made together', async () => {
  let asked = 0
  const identity = new Identity(async () => tokenOf('ana', `Ana ${++asked}`))
  const [first, second] = await Promise.all([identity.proof(), identity.proof()])
  expect(asked).toBe(1)
  await Promise.all([identity.renew(first), identity.renew(second)])
  await Promise.all([identity.proof(), identity.proof()])
  expect(asked).toBe(2)
})

describe('with the browser’s cookie', () => {
  let w: ReturnType<typeof world>
  beforeEach(() => {
    w = world()
    w.server.cookie = 'ana'
  })
  afterEach(() => w.closeAll())

  it('[C25] joins as the person whom the server names', async () => {
    const session = w.join({ auth: undefined })
    await session.ready
    expect(session.snapshot().me).toEqual({ id: 'ana', name: 'Ana', role: 'owner' })
    await session.prompt('Draft')
    expect(w.server.accepted).toMatchObject([{ userId: 'ana', text: 'Draft' }])
  })

  it('[C25] acts as nobody else once another person has signed in', async () => {
    const session = w.join({ auth: undefined })
    await session.ready
    w.server.cookie = 'bo'
    const prompt = session.prompt('Ana’s secret')
    prompt.catch(() => {})
    await expect(session.cancel('t1')).rejects.toMatchObject({ code: 'IDENTITY_CHANGED', status: 401 })
    await settle()
    expect(w.server.accepted).toEqual([])
    w.server.socket.end(1006)
    await w.clock.advance(1_000)
    expect(session.snapshot().connection).toMatchObject({
      state: 'ended',
      reason: 'IDENTITY_CHANGED',
      unsent: 1,
    })
    // It waits for its author.
    w.server.cookie = 'ana'
    await w.join({ auth: undefined }).ready
    await settle()
    expect(w.server.accepted).toMatchObject([{ userId: 'ana', text: 'Ana’s secret' }])
  })

  it('[C25] ends where nobody is signed in', async () => {
    w.server.cookie = null
    const session = w.join({ auth: undefined })
    await expect(session.ready).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 })
    await expect(session.prompt('one')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('[C25] an answer from before signing in tells nothing of who it is now', async () => {
    const answers: ((userId: string) => void)[] = []
    const identity = new CookieIdentity(
      () =>
        new Promise((resolve) => {
          answers.push((userId) =>
            resolve({ userId, name: userId, admin: false, guest: false, expiresAt: 0 }),
          )
        }),
    )
    const who = identity.who()
    identity.forget()
    answers[0]?.('ana')
    await settle()
    answers[1]?.('bo')
    expect(await who).toEqual({ id: 'bo', name: 'bo' })
  })
})
