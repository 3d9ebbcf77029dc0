import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settle } from '../test/clock.ts'
import { textOf, until, world } from '../test/kit.ts'
import { LaneWriter } from '../test/lane.ts'
import { refuse, tokenOf } from '../test/server.ts'

let w: ReturnType<typeof world>
beforeEach(() => {
  w = world()
})
afterEach(() => w.closeAll())

describe('reconnecting', () => {
  it('[C10] fetches a ticket for each connection and connects only when told to', async () => {
    const session = w.join()
    await session.ready
    w.server.socket.end(1006)
    await settle()
    expect(session.snapshot().connection.state).toBe('reconnecting')
    expect(w.server.sockets).toHaveLength(1)
    await w.clock.advance(1_000)
    expect(session.snapshot().connection.state).toBe('live')
    const tickets = w.server.sockets.map(({ url }) => url.searchParams.get('ticket'))
    expect(new Set(tickets).size).toBe(2)
    expect(w.server.count('POST', /tickets/)).toBe(2)
  })

  it('[C10] brings what was missed', async () => {
    const session = w.join()
    await session.ready
    w.server.socket.end(4508)
    await settle()
    w.server.lane.add(1, ['while away'])
    await w.clock.advance(1_000)
    expect(textOf(session.snapshot())).toEqual(['while away'])
  })

  it('[C11] is offline while the server cannot be reached, and backs off', async () => {
    const session = w.join()
    await session.ready
    w.server.override = () => 'lost'
    w.server.socket.end(1006)
    await w.clock.advance(1_000)
    expect(session.snapshot().connection.state).toBe('offline')
    const before = w.server.count('POST', /tickets/)
    await w.clock.advance(60_000)
    expect(w.server.count('POST', /tickets/) - before).toBeLessThan(15)
    w.server.override = () => undefined
    await w.clock.advance(10_000)
    expect(session.snapshot().connection.state).toBe('live')
  })

  it('[C11] waits at least as long as the server asks', async () => {
    w.server.override = () => refuse('RATE_LIMITED', { 'retry-after': '30' })
    const session = w.join()
    await w.clock.advance(0)
    w.server.override = () => undefined
    await w.clock.advance(29_000)
    expect(session.snapshot().connection.state).toBe('reconnecting')
    await w.clock.advance(1_000)
    expect(session.snapshot().connection.state).toBe('live')
  })

  it('[C12] fetches a new ticket at once after 4401, but not without pause', async () => {
    const session = w.join()
    await session.ready
    w.server.socket.end(4401)
    await w.clock.advance(0)
    expect(session.snapshot().connection.state).toBe('live')
    w.server.override = ({ path }) =>
      path === '/tickets' ? Response.json({ ticket: 'bad', expiresAt: 0 }) : undefined
    w.server.socket.end(4401)
    await w.clock.advance(60_000)
    expect(w.server.sockets.length).toBeLessThan(25)
  })

  it.each([
    [4409, 'REVOKED'],
    [4403, 'FORBIDDEN'],
  ])('[C12] ends for good after %i', async (code, reason) => {
    const session = w.join()
    await session.ready
    w.server.lane.add(1, ['still readable'])
    await settle()
    w.server.socket.end(code)
    await w.clock.advance(60_000)
    expect(session.snapshot().connection).toEqual({ state: 'ended', reason, unsent: 0 })
    expect(textOf(session.snapshot())).toEqual(['still readable'])
    expect(w.server.sockets).toHaveLength(1)
  })
})

describe('a new incarnation', () => {
  it('[C13] takes the place of the old one once it is synced, and not before', async () => {
    w.server.lane.add(1, ['old'])
    const session = w.join()
    await session.ready
    const next = new LaneWriter()
    next.add(1, ['new'])
    w.server.roll(next)
    w.server.holding = true
    w.server.socket.end(4410)
    await w.clock.advance(0)
    expect(w.server.socket.url.pathname).toBe('/sync/launch/main@2')
    expect(textOf(session.snapshot())).toEqual(['old'])
    w.server.socket.release()
    expect(textOf(await until(session, ({ connection }) => connection.state === 'live'))).toEqual(['new'])
    next.add(2, ['newer'])
    await settle()
    expect(textOf(session.snapshot())).toEqual(['new', 'newer'])
  })

  it('[C13] is noticed by a client that was away', async () => {
    const session = w.join()
    await session.ready
    w.server.socket.end(1006)
    const next = new LaneWriter()
    next.add(1, ['new'])
    w.server.roll(next)
    await w.clock.advance(1_000)
    expect(textOf(session.snapshot())).toEqual(['new'])
    expect(w.server.sockets).toHaveLength(2)
  })

  it('[C13] is tried again when its connection is lost before it is synced', async () => {
    w.server.lane.add(1, ['old'])
    const session = w.join()
    await session.ready
    const next = new LaneWriter()
    next.add(1, ['new'])
    w.server.roll(next)
    w.server.holding = true
    w.server.socket.end(4410)
    await w.clock.advance(0)
    w.server.socket.end(1006)
    await settle()
    expect(textOf(session.snapshot())).toEqual(['old'])
    w.server.holding = false
    await w.clock.advance(2_000)
    expect(textOf(session.snapshot())).toEqual(['new'])
  })

  it('[C13] shows the range that its reader had looked back on, read again', async () => {
    const page =
      (text: string) =>
      (before = 99) => ({
        messages: [
          {
            id: `m${before - 1}`,
            role: 'user' as const,
            metadata: { seq: before - 1 },
            parts: [{ type: 'text' as const, text }],
          },
        ],
        before: before > 2 ? before - 1 : null,
      })
    w.server.lanes.set('launch/main@1', new LaneWriter({ firstSeq: 3 }))
    w.server.lane.add(3, ['three'])
    w.server.pages = page('with a secret')
    const session = w.join()
    await session.ready
    await session.older()
    const next = new LaneWriter({ firstSeq: 4 })
    w.server.pages = page('taken back')
    w.server.roll(next)
    w.server.socket.end(4410)
    await w.clock.advance(0)
    await until(session, ({ connection }) => connection.state === 'live')
    expect(session.snapshot().messages.map(({ metadata }) => metadata.seq)).toEqual([2, 3])
    expect(textOf(session.snapshot())).toEqual(['taken back', 'taken back'])
  })
})

it('[C13] is not called live when the connection was lost while it took its place', async () => {
  w.server.lanes.set('launch/main@1', new LaneWriter({ firstSeq: 3 }))
  const message = { id: 'm2', role: 'user', metadata: { seq: 2 }, parts: [] }
  w.server.pages = () => ({ messages: [message], before: null })
  const session = w.join()
  await session.ready
  await session.older()
  w.server.roll(new LaneWriter({ firstSeq: 4 }))
  w.server.pages = () => {
    w.server.socket.end(1006)
    return { messages: [message], before: null }
  }
  w.server.socket.end(4410)
  await w.clock.advance(0)
  expect(session.snapshot().connection.state).toBe('reconnecting')
  await w.clock.advance(2_000)
  expect(session.snapshot().connection.state).toBe('live')
})

describe('what a client sends', () => {
  it('[C14] is never a doc update, and only its own presence', async () => {
    w.server.lane.add(1, ['a'])
    const session = w.join()
    await session.ready
    w.server.socket.people({ 7: { clock: 3, state: { user: { id: 'bo', name: 'Bo' } } } })
    w.server.lane.append(0, 'b')
    session.setTyping(true)
    await settle()
    expect(w.server.socket.updates).toEqual([])
    const { presence } = w.server.socket
    expect(new Set(presence.map(({ clientId }) => clientId)).size).toBe(1)
    expect(presence.at(-1)?.state).toEqual({ typing: true })
  })
})

describe('people', () => {
  const bo = { user: { id: 'bo', name: 'Bo' } }

  it('[C15] are one entry each, with typing from any of their tabs', async () => {
    const session = w.join()
    await session.ready
    w.server.socket.people({
      7: { clock: 1, state: bo },
      8: { clock: 1, state: { ...bo, typing: true } },
      9: { clock: 1, state: { typing: true } },
    })
    await settle()
    expect(session.snapshot().people).toEqual([
      { id: 'ana', name: 'Ana', typing: false },
      { id: 'bo', name: 'Bo', typing: true },
    ])
  })

  it('[C15] are visible at once after a reconnect, though their clocks have not moved', async () => {
    const session = w.join()
    await session.ready
    w.server.socket.people({ 7: { clock: 1, state: bo } })
    await settle()
    w.server.socket.end(1006)
    await settle()
    expect(session.snapshot().people).toEqual([])
    await w.clock.advance(1_000)
    w.server.socket.people({ 7: { clock: 1, state: bo } })
    await settle()
    expect(session.snapshot().people.map(({ id }) => id)).toEqual(['ana', 'bo'])
  })

  it('[C15] members and their roles are those of the lane doc, as soon as it says so', async () => {
    const session = w.join()
    await session.ready
    expect(session.snapshot().me?.role).toBe('owner')
    w.server.lane.member('ana', { name: 'Ana', role: 'viewer' })
    w.server.lane.member('cy', { name: 'Cyrus', role: 'owner' })
    w.server.socket.people({ 7: { clock: 1, state: { user: { id: 'cy', name: 'cy' } } } })
    await settle()
    expect(session.snapshot().me).toEqual({ id: 'ana', name: 'Ana', role: 'viewer' })
    expect(session.snapshot().members.map(({ name }) => name)).toEqual(['Cyrus', 'Ana'])
    expect(session.snapshot().people.at(-1)).toEqual({ id: 'cy', name: 'Cyrus', typing: false })
    w.server.lane.member('cy', null)
    await settle()
    expect(session.snapshot().members.map(({ id }) => id)).toEqual(['ana'])
  })
})

it('[C13] says that a session is full, and comes in once somebody has left', async () => {
  const session = w.join()
  await session.ready
  // Too much was sent: that is not a session that is full.
  w.server.socket.end(4529)
  await settle()
  expect(session.snapshot().connection.reason).toBeUndefined()
  w.server.full = true
  await w.clock.advance(10_000)
  expect(session.snapshot().connection).toMatchObject({ state: 'reconnecting', reason: 'FULL' })
  w.server.full = false
  await w.clock.advance(10_000)
  expect(session.snapshot().connection).toMatchObject({ state: 'live' })
  expect(session.snapshot().connection.reason).toBeUndefined()
})

it('[C2] asks `auth` again after 4501', async () => {
  let asked = 0
  const session = w.join({ auth: () => tokenOf('ana', `Ana ${++asked}`) })
  await session.ready
  w.server.socket.end(4501)
  await w.clock.advance(0)
  expect(session.snapshot().connection.state).toBe('live')
  expect(asked).toBe(2)
})
