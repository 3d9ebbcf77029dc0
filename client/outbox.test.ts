import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settle } from './test/clock.ts'
import { world } from './test/kit.ts'
import { refuse, tokenOf } from './test/server.ts'

const KEY = 'colloquy/outbox/http://colloquy.test/launch'
let w: ReturnType<typeof world>
beforeEach(() => {
  w = world()
})
afterEach(() => w.closeAll())

const tries = () => w.server.seen.filter(({ path, method }) => method === 'POST' && path.endsWith('/prompts'))
const stored = async () => JSON.parse((await w.storage.get(KEY)) ?? '[]')

describe('a prompt written offline', () => {
  it('[C16] is sent once the server is back, in order, each once', async () => {
    w.server.override = () => 'lost'
    const session = w.join()
    const prompts = [session.prompt('one'), session.prompt('two')]
    await w.clock.advance(5_000)
    expect(session.snapshot()).toMatchObject({
      connection: { state: 'offline', unsent: 2 },
      outbox: [{ text: 'one' }, { text: 'two' }],
    })
    w.server.override = () => undefined
    await w.clock.advance(10_000)
    expect((await Promise.all(prompts)).map(({ promptId }) => promptId)).toEqual(['p-1', 'p-2'])
    expect(w.server.accepted.map(({ text }) => text)).toEqual(['one', 'two'])
    expect(session.snapshot()).toMatchObject({ connection: { unsent: 0 }, outbox: [] })
    expect(await stored()).toEqual([])
  })

  it('[C16] is repeated with the same body when the acknowledgement was lost', async () => {
    const session = w.join()
    await session.ready
    w.server.lane.add(4, ['seen'])
    await settle()
    w.server.override = ({ path }) => (path.endsWith('/prompts') ? 'acted, then lost' : undefined)
    const prompt = session.prompt('one')
    await settle()
    w.server.lane.add(5, ['later'])
    w.server.override = () => undefined
    await w.clock.advance(10_000)
    expect((await prompt).promptId).toBe('p-1')
    expect(w.server.accepted).toHaveLength(1)
    expect(tries()[0]?.body).toMatchObject({ text: 'one', seenSeq: 4 })
    expect(tries()[1]?.body).toEqual(tries()[0]?.body)
  })

  it.each(['INTERNAL', 'STORE_UNAVAILABLE', 'RATE_LIMITED'] as const)('[C16] also after %s', async (code) => {
    const session = w.join()
    await session.ready
    w.server.override = ({ path }) =>
      path.endsWith('/prompts') ? refuse(code, { 'retry-after': '5' }) : undefined
    const prompt = session.prompt('one')
    await w.clock.advance(4_999)
    expect(tries()).toHaveLength(1)
    w.server.override = () => undefined
    await w.clock.advance(1)
    expect((await prompt).promptId).toBe('p-1')
  })

  it('[C17] is sent after a reload, with the same commandId', async () => {
    w.server.override = ({ path }) => (path.endsWith('/prompts') ? 'acted, then lost' : undefined)
    const before = w.join()
    await before.ready
    const prompt = before.prompt('one')
    await settle()
    before.close()
    await expect(prompt).rejects.toMatchObject({ code: 'CLOSED' })
    w.server.override = () => undefined
    const after = w.join()
    await after.ready
    await settle()
    expect(w.server.accepted).toHaveLength(1)
    expect(tries().map(({ body }) => body.commandId)).toEqual(Array(2).fill(tries()[0]?.body.commandId))
    expect(after.snapshot().connection.unsent).toBe(0)
    expect(await stored()).toEqual([])
  })

  it('[C18] is never sent as another person, and waits for its author', async () => {
    w.server.override = ({ path }) => (path.endsWith('/prompts') ? 'lost' : undefined)
    const ana = w.join()
    await ana.ready
    ana.prompt("Ana's").catch(() => {})
    await settle()
    await ana.signOut()
    w.server.override = () => undefined
    const bo = w.join({ auth: () => tokenOf('bo') })
    await bo.ready
    await bo.prompt("Bo's")
    await w.clock.advance(60_000)
    expect(bo.snapshot().outbox).toEqual([])
    expect(w.server.accepted).toMatchObject([{ userId: 'bo', text: "Bo's" }])
    expect(await stored()).toMatchObject([{ userId: 'ana', body: { text: "Ana's" } }])
    bo.close()
    const again = w.join()
    await again.ready
    await settle()
    expect(w.server.accepted).toMatchObject([{ userId: 'bo' }, { userId: 'ana', text: "Ana's" }])
  })

  it('[C18] stays while nobody is signed in', async () => {
    let signedIn = true
    const session = w.join()
    await session.ready
    w.server.override = () => (signedIn ? undefined : refuse('UNAUTHENTICATED'))
    signedIn = false
    session.prompt('one').catch(() => {})
    await w.clock.advance(60_000)
    expect(session.snapshot().connection.unsent).toBe(1)
    signedIn = true
    await session.prompt('two')
    expect(w.server.accepted.map(({ text }) => text)).toEqual(['one', 'two'])
  })
})

describe('a refusal', () => {
  it.each(['FORBIDDEN', 'TOO_LARGE', 'QUEUE_FULL', 'COMMAND_REUSED'] as const)(
    '[C19] with %s rejects, drops the prompt and lets the next one pass',
    async (code) => {
      const session = w.join()
      await session.ready
      w.server.override = ({ body }) => (body.text === 'one' ? refuse(code) : undefined)
      const one = session.prompt('one')
      const two = session.prompt('two')
      await expect(one).rejects.toMatchObject({ name: 'ColloquyError', code, status: refuse(code).status })
      expect((await two).promptId).toBe('p-1')
      expect(await stored()).toEqual([])
    },
  )

  it('[C19] that nobody hears keeps the text until it is discarded', async () => {
    w.server.override = ({ path }) => (path.endsWith('/prompts') ? 'lost' : undefined)
    const before = w.join()
    await before.ready
    before.prompt('one').catch(() => {})
    await settle()
    before.close()
    w.server.override = ({ path }) => (path.endsWith('/prompts') ? refuse('FORBIDDEN') : undefined)
    const after = w.join()
    await after.ready
    await settle()
    const { outbox, connection } = after.snapshot()
    expect(outbox).toMatchObject([{ text: 'one', refused: 'FORBIDDEN' }])
    expect(connection.unsent).toBe(0)
    await after.discard(outbox[0]?.commandId ?? '')
    expect(after.snapshot().outbox).toEqual([])
    expect(await stored()).toEqual([])
  })

  it('[C19] because the queue is full makes a prompt of before the reload wait', async () => {
    w.server.override = ({ path }) => (path.endsWith('/prompts') ? 'lost' : undefined)
    const before = w.join()
    await before.ready
    before.prompt('one').catch(() => {})
    await settle()
    before.close()
    w.server.override = ({ path }) => (path.endsWith('/prompts') ? refuse('QUEUE_FULL') : undefined)
    await w.join().ready
    await w.clock.advance(1_000)
    w.server.override = () => undefined
    await w.clock.advance(10_000)
    expect(w.server.accepted).toHaveLength(1)
  })
})

it('[C19] a discarded prompt is not sent', async () => {
  w.server.override = () => 'lost'
  const session = w.join()
  const prompt = session.prompt('one')
  const refused = expect(prompt).rejects.toMatchObject({ code: 'DISCARDED' })
  await w.clock.advance(1_000)
  await session.discard(session.snapshot().outbox[0]?.commandId ?? '')
  await refused
  w.server.override = () => undefined
  await w.clock.advance(20_000)
  expect(w.server.accepted).toEqual([])
})

it('[C19] discarding one that is on its way tells whether it was dropped', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (String(input).endsWith('/prompts')) await gate
    return w.server.fetch(input, init)
  }
  const session = w.join({ fetch })
  await session.ready
  const arrives = session.prompt('one')
  await settle()
  const [sending] = session.snapshot().outbox
  const late = session.discard(sending?.commandId ?? '')
  open()
  expect(await late).toBe(false)
  expect((await arrives).promptId).toBe('p-1')
  expect(await session.discard('unknown')).toBe(false)
  w.server.override = ({ path }) => (path.endsWith('/prompts') ? 'lost' : undefined)
  const lost = expect(session.prompt('two')).rejects.toMatchObject({ code: 'DISCARDED' })
  await settle()
  expect(await session.discard(session.snapshot().outbox[0]?.commandId ?? '')).toBe(true)
  await lost
})

it('[C17] a prompt that waits when its session is left says that it is kept', async () => {
  w.server.override = ({ path }) => (path.endsWith('/prompts') ? 'lost' : undefined)
  const session = w.join()
  await session.ready
  const waits = expect(session.prompt('one')).rejects.toMatchObject({
    ...{ code: 'CLOSED', details: { kept: true } },
  })
  await settle()
  session.close()
  await waits
})

it('[C25] a prompt that nobody is signed in for ends the session, which says so', async () => {
  const session = w.join()
  await session.ready
  w.server.override = ({ path }) => (path.endsWith('/prompts') ? refuse('UNAUTHENTICATED') : undefined)
  session.prompt('one').catch(() => {})
  await settle()
  expect(session.snapshot().connection).toMatchObject({
    state: 'ended',
    reason: 'UNAUTHENTICATED',
    unsent: 1,
  })
})

it('[C16] storage that fails does not keep a prompt from being sent', async () => {
  const fail = () => {
    throw new Error('quota')
  }
  const session = w.join({ storage: { get: fail, set: fail, delete: fail } })
  await session.ready
  expect((await session.prompt('one')).promptId).toBe('p-1')
})
