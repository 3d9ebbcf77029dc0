import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openWorkspace } from '../team.ts'
import { settle } from '../test/clock.ts'
import { textOf, until, world } from '../test/kit.ts'
import { LaneWriter } from '../test/lane.ts'
import { tokenOf } from '../test/server.ts'
import type { ConnectOptions } from '../types/index.ts'
import { localName } from './local.ts'

let w: ReturnType<typeof world>
const copies = async () =>
  (await indexedDB.databases()).map(({ name }) => name).filter((name) => name !== 'colloquy')
const join = (over: Partial<ConnectOptions> = {}) => w.join({ persist: true, ...over })

/** Copies are written behind the caller's back: looks until they are as expected, or the test times out. */
async function untilCopies(names: string[]): Promise<void> {
  for (let now = await copies(); now.join() !== names.join(); now = await copies()) await settle()
}

beforeEach(() => {
  w = world()
})
afterEach(async () => {
  w.closeAll()
  for (const name of await copies()) indexedDB.deleteDatabase(name ?? '')
  await untilCopies([])
})

describe('the local copy', () => {
  it('[C22] is shown before the server answers, and the client connects after it has loaded', async () => {
    w.server.lane.add(1, ['kept'])
    const before = join()
    await before.ready
    w.server.lane.add(2, ['streamed'])
    await until(before, ({ messages }) => messages.length === 2)
    before.close()
    w.server.override = () => 'lost'
    const after = join()
    const shown = await until(after, ({ messages }) => messages.length === 2)
    expect(textOf(shown)).toEqual(['kept', 'streamed'])
    expect(shown.connection.state).not.toBe('live')
    w.server.override = () => undefined
    const live = until(after, ({ connection }) => connection.state === 'live')
    await w.clock.advance(10_000)
    await live
    expect(w.server.socket.updates).toEqual([])
  })

  it('[C22] is of one person alone', async () => {
    w.server.lane.add(1, ['kept'])
    const ana = join()
    await ana.ready
    ana.close()
    w.server.override = () => 'lost'
    const bo = join({ auth: () => tokenOf('bo') })
    await w.clock.advance(1_000)
    expect(bo.snapshot().messages).toEqual([])
    expect(localName('s/main@1', 'x/ana').endsWith('/ana')).toBe(false)
  })

  it('[C23] deleted by one tab leaves the other tabs of that person working', async () => {
    const stays = join()
    await stays.ready
    const leaves = join()
    await leaves.ready
    await leaves.signOut()
    await untilCopies([])
    // Where y-protocols reports that the closed database refused an update.
    const reported = vi.spyOn(console, 'error')
    w.server.lane.add(1, ['goes on'])
    await until(stays, ({ messages }) => messages.length === 1)
    expect(reported).not.toHaveBeenCalled()
    reported.mockRestore()
  })

  it('[C23] is deleted when one signs out where no session is open', async () => {
    const session = join()
    await session.ready
    await untilCopies(['colloquy/launch/main@1/ana'])
    session.close()
    const auth = () => tokenOf('ana')
    await openWorkspace({
      url: 'http://colloquy.test',
      auth,
      storage: w.storage,
      fetch: w.server.fetch,
    }).signOut()
    await untilCopies([])
  })

  it.each([4409, 4410])('[C23] is deleted after %i', async (code) => {
    const session = join()
    await session.ready
    await untilCopies(['colloquy/launch/main@1/ana'])
    if (code === 4410) w.server.roll(new LaneWriter())
    w.server.socket.end(code)
    await w.clock.advance(1_000)
    await untilCopies(code === 4410 ? ['colloquy/launch/main@2/ana'] : [])
  })

  it('[C23] is deleted when the server no longer knows the person as a member', async () => {
    const before = join()
    await before.ready
    before.close()
    w.server.session.members.shift()
    const after = join()
    await expect(after.ready).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await untilCopies([])
  })

  it('[C23] is deleted at sign-out, in all sessions of that person and no one else', async () => {
    const bo = join({ auth: () => tokenOf('bo') })
    await bo.ready
    const ana = join()
    await ana.ready
    await untilCopies(['colloquy/launch/main@1/bo', 'colloquy/launch/main@1/ana'])
    await ana.signOut()
    expect(ana.snapshot().connection).toMatchObject({ state: 'ended', reason: 'CLOSED' })
    await untilCopies(['colloquy/launch/main@1/bo'])
    w.server.lane.add(1, ['bo goes on'])
    await until(bo, ({ messages }) => messages.length === 1)
  })

  describe('of a narrower lane', () => {
    const both = ['colloquy/launch/main@1/ana', 'colloquy/launch/l1@1/ana'].sort()
    const sorted = async (names: string[]) => {
      for (let now = await copies(); now.sort().join() !== names.join(); now = await copies()) await settle()
    }
    const joined = async () => {
      w.server.addLane('l1', ['ana']).add(1, ['private'])
      const session = join()
      await session.ready
      await w.clock.advance(1)
      await until(session, ({ messages }) => messages.length === 1)
      await sorted(both)
      return session
    }

    it('[C22] is shown before the server answers', async () => {
      const before = await joined()
      before.close()
      w.server.override = () => 'lost'
      const shown = await until(join(), ({ messages }) => messages.length === 1)
      expect(shown.messages[0]).toMatchObject({ laneId: 'l1', audience: ['ana'] })
    })

    it('[C41] is deleted when one no longer reads the lane, also where it was lost while one was away', async () => {
      const before = await joined()
      before.close()
      w.server.removeLane('l1')
      const after = join()
      await after.ready
      await sorted(['colloquy/launch/main@1/ana'])
      expect(after.snapshot().messages).toEqual([])
      expect(after.snapshot().connection.state).toBe('live')
    })

    it('[C23] is deleted at sign-out, and after 4409 on any lane', async () => {
      const session = await joined()
      await session.signOut()
      await sorted([])
      w.server.removeLane('l1')
      await joined()
      w.server.socketOf('l1').end(4409)
      await sorted([])
    })
  })
})
