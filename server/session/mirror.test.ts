import { CLOSE, MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import type { ManualClock } from '../../test/kit/clock.ts'
import { JournalError } from '../journal/journal.ts'
import { readContent } from './lane-doc.ts'
import { Play, step } from './ledger.fixture.ts'
import type { Ledger } from './ledger.ts'
import { ears, LEASE_MS, S, Store, written } from './mirror.fixture.ts'
import type { Mirror } from './mirror.ts'
import { cellsOf } from './read-session.ts'

const unavailable = expect.objectContaining({ code: 'UNAVAILABLE' })

const rename = (title: string): SessionEvent => ({ type: 'session.renamed', at: 2, title, by: 'ana' })

describe('mirror', () => {
  const clocks: ManualClock[] = []
  beforeEach(() => {
    // Leases count real time: here that is what the clock of the test says.
    vi.spyOn(Date, 'now').mockImplementation(() => clocks.at(-1)?.now() ?? 0)
  })
  afterEach(() => vi.restoreAllMocks())

  /** A session that somebody writes and somebody follows, from its beginning. */
  async function followed() {
    const [writes, follows] = [ears(), ears()]
    const { store, ledger, write } = await written(writes.rooms)
    clocks.push(store.clock)
    writes.docs.length = 0
    const mirror = await store.follow(follows.rooms)
    return { store, ledger, write, mirror, writes, follows }
  }

  it('[MI1] whatever people do, who follows comes to the same state, texts and docs, from wherever it began', {
    timeout: 30_000,
  }, async () => {
    const lag = fc.array(fc.nat(5), { minLength: 1, maxLength: 5 })
    const steps = fc.array(step, { minLength: 60, maxLength: 150 })
    await fc.assert(
      fc.asyncProperty(steps, lag, fc.nat(59), fc.nat(59), async (all, lags, snapshotAt, secondAt) => {
        const play = new Play()
        const store = new Store()
        clocks.push(store.clock)
        const mirrors: Mirror[] = []
        let stored = 0
        for (const [n, each] of all.entries()) {
          if (n > 0) play.apply(each)
          await play.settle()
          const { ledger, journal } = play
          for (const batch of journal.appends.slice(stored)) await store.append(batch)
          stored = journal.appends.length
          if (n === snapshotAt) await store.snapshot(stored, ledger.state, ledger.docs.values())
          if (n === 0 || n === secondAt) mirrors.push(await store.follow())
          if (n % ((lags[n % lags.length] ?? 0) + 1) === 0) await store.feed.deliver()
        }
        await store.feed.deliver()
        for (const mirror of mirrors) expectSame(mirror, play.ledger)
        expect(store.broken).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  it('[MI2] whatever people do, rooms of who follows are sent the same bytes, and end the same docs', {
    timeout: 30_000,
  }, async () => {
    const steps = fc.array(step, { minLength: 60, maxLength: 150 })
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const [writes, follows] = [ears(), ears()]
        const play = new Play()
        const store = new Store()
        clocks.push(store.clock)
        for (const [n, each] of all.entries()) {
          if (n === 1) {
            Object.assign(play.rooms, writes.rooms)
            await store.follow(follows.rooms)
          }
          const stored = play.journal.appends.length
          if (n > 0) play.apply(each)
          await play.ledger.settled()
          for (const batch of play.journal.appends.slice(n > 0 ? stored : 0)) await store.append(batch)
          await store.feed.deliver()
          // What is gone with its doc is sent to nobody who has not had it.
          const gone = writes.docs.flatMap(([what, doc]) => (what === 'retire' ? [doc] : []))
          const sent = writes.docs.filter(([what, doc]) => what !== 'publish' || !gone.includes(doc))
          expect(follows.docs).toEqual(sent)
          expect(follows.people).toEqual(writes.people)
          for (const heard of [writes.docs, follows.docs, writes.people, follows.people]) heard.length = 0
        }
      }),
      { numRuns: 25 },
    )
  })

  it('[MI3] rooms of who follows hear of people what those of who writes hear, once it is appended', async () => {
    const { store, write, writes, follows } = await followed()
    await write(
      { type: 'lane.opened', at: 2, laneId: 'side', audience: ['bo'], by: 'bo' },
      { type: 'policy.changed', at: 2, withoutTools: ['web.fetch'], by: 'ana' },
    )
    await write({ type: 'member.changed', at: 3, userId: 'bo', name: 'Bo', role: 'viewer', by: 'ana' })
    await write({ type: 'member.changed', at: 4, userId: 'bo', name: 'Bo', role: null, by: 'ana' })
    expect(follows.people).toEqual([])
    await store.feed.deliver()
    expect(follows.people).toEqual(writes.people)
    expect(follows.people).toEqual([
      ['ring', S, ['bo']],
      ['ring', S, ['ana', 'bo']],
      ['rollBoards', S],
      ['revoke', S, 'bo'],
    ])
  })

  it('[MI4] a board that begins anew ends its readers’ connections wherever they are', async () => {
    const { store, write, mirror, follows } = await followed()
    const { firstSeq = 0 } = mirror.state.lanes[MAIN_LANE] ?? {}
    const why = { firstSeq, why: 'full' } as const
    await write({ type: 'lane.rolled', at: 2, laneId: MAIN_LANE, doc: 'board', incarnation: 2, ...why })
    await store.feed.deliver()
    expect(follows.docs).toEqual([['retire', `${S}/main~board@1`, CLOSE.incarnation]])
    expect(mirror.state.lanes[MAIN_LANE]?.board).toBe(2)
  })

  it('[MI5] whoever waits for a position goes on once it is there, and is refused where that takes too long', async () => {
    const { store, write, mirror } = await followed()
    await mirror.reached(1)
    const reached: number[] = []
    const wait = (position: number) => mirror.reached(position).then(() => reached.push(position))
    const [later, second] = [wait(3), wait(2)]
    const never = wait(9)
    await write(rename('A'))
    await write(rename('B'))
    await store.feed.deliver(2)
    await second
    expect(reached).toEqual([2])
    await store.feed.deliver(3)
    await later
    store.clock.advance(5_000)
    await expect(never).rejects.toEqual(unavailable)
    expect(reached).toEqual([2, 3])
  })

  it('[MI6] it is fresh once it holds what had been appended when that was asked', async () => {
    const { store, write, mirror } = await followed()
    await mirror.fresh()
    await write(rename('A'))
    let fresh = false
    const asked = mirror.fresh().then(() => {
      fresh = true
    })
    await new Promise(setImmediate)
    expect(fresh).toBe(false)
    await write(rename('B'))
    await store.feed.deliver(2)
    await asked
    expect(mirror.state.title).toBe('A')
    store.feed.head = () => Promise.reject(new JournalError('UNAVAILABLE', 'the store is away'))
    await expect(mirror.fresh()).rejects.toEqual(unavailable)
  })

  it.each([
    ['the feed says so', (store: Store) => store.feed.break(new JournalError('UNAVAILABLE', 'trimmed'))],
    ['it was not renewed', (store: Store) => store.clock.advance(LEASE_MS)],
  ])('[MI7] where %s it is broken: told once, and whoever waits or asks is refused', async (_why, end) => {
    const { store, write, mirror, follows } = await followed()
    store.register = () => new Promise(() => undefined)
    const waits = mirror.reached(9)
    waits.catch(() => undefined)
    end(store)
    store.feed.break(new Error('again'))
    store.clock.advance(LEASE_MS)
    expect(store.broken).toHaveLength(1)
    await expect(waits).rejects.toEqual(expect.objectContaining({ name: 'JournalError' }))
    await expect(mirror.settled()).rejects.toBe(store.broken[0])
    await expect(mirror.reached(1)).rejects.toBe(store.broken[0])
    await write(rename('late'))
    await store.feed.deliver()
    store.feed.own('n9')
    expect(follows.docs).toEqual([])
    expect(store.owners).toEqual([])
  })

  it('[MI8] once it was closed it says nothing more; who is just reading finishes, who waits for more is refused', async () => {
    const { store, write, mirror, follows } = await followed()
    store.feed.own('n2')
    const waits = mirror.reached(2)
    mirror.close()
    await expect(waits).rejects.toEqual(unavailable)
    await mirror.settled()
    await mirror.reached(1)
    await expect(mirror.reached(2)).rejects.toEqual(unavailable)
    store.feed.break(new Error('late'))
    store.clock.advance(2 * LEASE_MS)
    await write(rename('late'))
    await store.feed.deliver()
    expect(store.owners).toEqual(['n2'])
    expect(store.broken).toEqual([])
    expect(follows.docs).toEqual([])
  })

  it('[MI8] one that broke serves nothing, also after it was closed', async () => {
    const { store, mirror } = await followed()
    store.feed.break(new Error('trimmed'))
    mirror.close()
    await expect(mirror.settled()).rejects.toThrow('trimmed')
  })

  it('[MI9] it may serve while it is registered, and is registered anew in time', async () => {
    const { store, mirror } = await followed()
    for (let passed = 0; passed < 5 * LEASE_MS; passed += 500) {
      store.clock.advance(500)
      await new Promise(setImmediate)
    }
    await mirror.settled()
    expect(store.broken).toEqual([])
    expect(store.registered).toBeGreaterThan(10)
    expect(store.owners).toEqual([])
    // One that was killed tells nobody that it has gone: the registration does.
    store.register = () => Promise.resolve(false)
    store.clock.advance(2_000)
    await new Promise(setImmediate)
    expect(store.owners).toEqual([null])
  })

  it('[MI10] one that does not hear of what is appended serves no longer, although it is registered', async () => {
    const { store, write, mirror } = await followed()
    await write(rename('never heard of'))
    for (let passed = 0; passed < LEASE_MS; passed += 500) {
      store.clock.advance(500)
      await new Promise(setImmediate)
    }
    expect(store.registered).toBeGreaterThan(1)
    await expect(mirror.settled()).rejects.toEqual(expect.objectContaining({ name: 'JournalError' }))
    expect(store.broken).toHaveLength(1)
  })

  it('[MI11] what is read of it is what was appended before it registered, or later', async () => {
    const { store, write } = await written()
    clocks.push(store.clock)
    store.register = async () => {
      await write(rename('meanwhile'))
      return true
    }
    const mirror = await store.follow()
    expect(mirror.state.title).toBe('meanwhile')
  })
})

function expectSame(mirror: Mirror, ledger: Ledger): void {
  expect(mirror.position).toBe(ledger.position)
  expect(mirror.state).toEqual(ledger.state)
  for (const cell of cellsOf(ledger.state)) expect(mirror.bodies.get(cell)).toBe(ledger.bodies.get(cell))
  expect([...mirror.docs.keys()]).toEqual([...ledger.docs.keys()])
  for (const [laneId, doc] of ledger.docs) {
    const followed = mirror.docs.get(laneId)
    expect(followed?.name).toBe(doc.name)
    expect(readContent(followed?.doc ?? new Y.Doc())).toEqual(readContent(doc.doc))
    expect(followed && Y.encodeStateVector(followed.doc)).toEqual(Y.encodeStateVector(doc.doc))
  }
}
