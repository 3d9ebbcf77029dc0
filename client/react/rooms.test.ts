import { afterEach, beforeEach, expect, it } from 'vitest'
import { world } from '../test/kit.ts'
import { tokenOf } from '../test/server.ts'
import type { Session } from '../types/index.ts'
import { Rooms } from './rooms.ts'

let w: ReturnType<typeof world>
let opened: Session[]
let rooms: Rooms
let person: string
beforeEach(() => {
  w = world()
  opened = []
  person = 'ana'
  rooms = new Rooms((session) => {
    const joined = w.join({ session, auth: () => tokenOf(person) })
    opened.push(joined)
    return joined
  }, w.clock)
})
afterEach(() => w.closeAll())

it('[C32] one session for all who show it, left once nobody has for a while', async () => {
  const first = rooms.acquire('launch')
  first.release()
  first.release()
  const second = rooms.acquire('launch')
  const third = rooms.acquire('launch')
  await second.session.ready
  expect(opened).toHaveLength(1)
  second.release()
  await w.clock.advance(5_000)
  expect(third.session.snapshot().connection.state).toBe('live')
  third.release()
  await w.clock.advance(999)
  expect(third.session.snapshot().connection.state).toBe('live')
  await w.clock.advance(1)
  expect(third.session.snapshot().connection).toMatchObject({ state: 'ended', reason: 'CLOSED' })
  expect(w.server.sockets).toHaveLength(1)
})

it('[C32] one that has ended stays for those who show it', async () => {
  person = 'eve'
  const { session } = rooms.acquire('launch')
  await expect(session.ready).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(rooms.acquire('launch').session).toBe(session)
})

it('[C32] coming back to one that has ended is another try', async () => {
  person = 'eve'
  const refused = rooms.acquire('launch')
  await expect(refused.session.ready).rejects.toMatchObject({ code: 'NOT_FOUND' })
  refused.release()
  person = 'ana'
  const again = rooms.acquire('launch')
  await again.session.ready
  expect(opened).toHaveLength(2)
  await w.clock.advance(5_000)
  expect(again.session.snapshot().connection.state).toBe('live')
})
