import { ColloquyError, DEFAULT_LIMITS, MAIN_LANE } from '@colloquy/shared'
import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { principal } from '../../test/kit/people.ts'
import { FINGERPRINT } from '../access/fingerprint.fixture.ts'
import { OPEN_RIGHTS } from '../access/rights.ts'
import { JournalError } from '../journal/journal.ts'
import type { RoomSession } from '../sync/port.ts'
import { createToolbox } from '../tools/toolbox.ts'
import { ears, S, type Store, written } from './mirror.fixture.ts'
import type { Peers, Question } from './peers.ts'
import { Sessions } from './sessions.ts'

/** Longer than all else takes here. */
const READ_MS = 60_000
const log = { info() {}, warn() {}, error() {} }
const RENAME = { type: 'session.rename', title: 'New' } as const

/** The sessions of a process that shares a store with the one that owns the session. */
class House {
  readonly store: Store
  readonly write: Awaited<ReturnType<typeof written>>['write']
  readonly asked: { node: string; question: Question }[] = []
  /** How whoever is asked answers. */
  answer: (node: string) => Promise<unknown> = () => Promise.reject(away())
  readonly resumed: RoomSession[] = []
  readonly suspended: string[] = []
  readonly written: Uint8Array[] = []
  claims = 0
  /** Registering to read fails with it. */
  fault: Error | null = null
  readonly #standing = new Set<(error: unknown) => void>()
  readonly workspace = {
    held: true,
    onLapse: (tell: (error: unknown) => void) => {
      this.#standing.add(tell)
      return () => void this.#standing.delete(tell)
    },
  }
  readonly sessions: Sessions

  private constructor({ store, write }: Awaited<ReturnType<typeof written>>) {
    this.store = store
    this.write = write
    const { journal, feed, clock } = store
    journal.claim = () => {
      this.claims++
      return Promise.reject(new JournalError('OWNED', 'another process has it'))
    }
    const peers: Peers = {
      ...{ clock, feed, onLoss() {} },
      boards: {
        recent: async () => [],
        shared: () => ({ write: async (update: Uint8Array) => this.written.push(update) > 0 }),
      } as never,
      readLeases: {
        ms: READ_MS,
        register: async () => {
          if (this.fault) throw this.fault
          return { position: (await feed.head()).position, owned: true }
        },
        confirm: async () => undefined,
      },
      ask: (node, question) => {
        this.asked.push({ node, question })
        return this.answer(node)
      },
    }
    const rooms = Object.assign(ears().rooms, {
      connections: () => 1,
      resume: (session: RoomSession) => this.resumed.push(session),
      suspend: (sessionId: string) => this.suspended.push(sessionId),
    })
    const deps = {
      ...{
        journal,
        rooms,
        clock,
        log,
        workspace: this.workspace,
        rights: OPEN_RIGHTS,
        limits: DEFAULT_LIMITS,
        random: () => 0.5,
      },
      ...{ fingerprint: FINGERPRINT, toolbox: createToolbox(() => []), teamText: () => '' },
      ...{ newId: (prefix: string) => prefix, model: {} as never },
    }
    this.sessions = new Sessions(deps, { secret: new Uint8Array(32), peers })
  }

  static async start(): Promise<House> {
    const house = new House(await written())
    house.store.feed.owner = 'n1'
    return house
  }

  /** What this process knows of the workspace is held no longer. */
  lapse(): void {
    this.workspace.held = false
    for (const tell of [...this.#standing]) tell(new JournalError('FENCED', 'it is over'))
  }

  rename() {
    const command = async () => {
      const session = await this.sessions.open(S)
      return session.execute<'session.rename'>(principal('ana'), 'k', RENAME)
    }
    return command()
  }

  /** Time passes, and what is due is done. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      this.store.clock.advance(100)
      await new Promise(setImmediate)
    }
  }
}
const away = () => new ColloquyError('STORE_UNAVAILABLE', 'away')

describe('a session that another process owns', () => {
  let house: House
  beforeEach(async () => {
    house = await House.start()
  })

  it('[FS1] a command is carried out by whoever owns it, and answered once what it did shows here', async () => {
    const { store } = house
    house.answer = async () => {
      await house.write({ type: 'session.renamed', at: 2, title: 'New', by: 'ana' })
      return { result: { ok: true }, position: 2 }
    }
    let answered = false
    const done = house.rename().then((result) => {
      answered = true
      return result
    })
    await house.pass(100)
    expect(answered).toBe(false)
    await store.feed.deliver()
    expect(await done).toEqual({ ok: true })
    const actor = principal('ana')
    const question = { type: 'execute', sessionId: S, actor, commandId: 'k', command: RENAME }
    expect(house.asked).toEqual([{ node: 'n1', question }])
    expect((await (await house.sessions.open(S)).describe(actor)).title).toBe('New')
  })

  it('[FS2] what the owner refuses with reaches who asked', async () => {
    house.answer = () => Promise.reject(new ColloquyError('FORBIDDEN', 'no'))
    await expect(house.rename()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(house.asked).toHaveLength(1)
  })

  it('[FS3] where the owner is away, whoever is next is asked with the same command', async () => {
    house.answer = async (node) => {
      if (node === 'n1') throw away()
      return { result: { ok: true }, position: 1 }
    }
    const done = house.rename()
    await house.pass(500)
    house.store.feed.own('n2')
    await house.pass(200)
    expect(await done).toEqual({ ok: true })
    expect(house.asked.at(-1)?.node).toBe('n2')
    expect(new Set(house.asked.map(({ question }) => 'commandId' in question && question.commandId))).toEqual(
      new Set(['k']),
    )
  })

  it('[FS4] where nobody answers for longer than a lease, a command is refused', async () => {
    const done = house.rename()
    const refused = expect(done).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await house.pass(12_000)
    await refused
    expect(house.asked.length).toBeGreaterThan(10)
  })

  it('[FS5] given back, it is claimed by who has people connected; one that was given back before has an owner', async () => {
    await house.sessions.open(S)
    const { feed } = house.store
    // What the feed holds of the time before: it is told to whoever begins to follow.
    feed.own('n0')
    feed.own(null)
    feed.own('n1')
    await house.pass(1_000)
    expect(house.claims).toBe(1)
    feed.own(null)
    await house.pass(1_000)
    expect(house.claims).toBe(2)
  })

  it('[FS6] a doc is served under its own name alone, also where the start of the next one has not been read', async () => {
    const session = await house.sessions.open(S)
    const roll = (incarnation: number) => {
      const begins = { incarnation, firstSeq: 1, why: 'erased' } as const
      return house.write({ type: 'lane.rolled', at: 2, laneId: MAIN_LANE, doc: 'lane', ...begins })
    }
    const served = (n: number) => session.lane(`${S}/main@${n}`, 'ana')
    expect(served(1)).not.toBe(null)
    await roll(2)
    await roll(3)
    await house.store.feed.deliver(2)
    expect([served(1), served(2), served(3)]).toEqual([null, null, null])
    await house.store.feed.deliver(3)
    expect([served(1), served(2)]).toEqual([null, null])
    expect(Y.encodeStateVector(served(3)?.doc ?? new Y.Doc()).length).toBeGreaterThan(1)
  })

  it('[FS7] a command that was done is answered as done, also where this process is behind or follows no longer', async () => {
    house.answer = async () => ({ result: { ok: true }, position: 2 })
    const behind = house.rename()
    await house.pass(6_000)
    expect(await behind).toEqual({ ok: true })
    const broken = house.rename()
    await house.pass(100)
    house.store.feed.break(new JournalError('UNAVAILABLE', 'the store goes on with another history'))
    expect(await broken).toEqual({ ok: true })
    expect(house.asked).toHaveLength(2)
  })

  it('[FS8] where its owner cannot be looked up it is not opened, and nothing goes on following', async () => {
    const { feed } = house.store
    const { head } = feed
    feed.head = () => Promise.reject(new JournalError('UNAVAILABLE', 'the store does not answer'))
    await expect(house.sessions.open(S)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(feed.followers).toBe(0)
    feed.head = head
    await house.sessions.open(S)
    expect(feed.followers).toBe(1)
  })

  it('[FS9] one that cannot be followed anew is served from before no longer, and is again when it can', async () => {
    await house.sessions.open(S)
    house.resumed.length = 0
    house.fault = new JournalError('UNAVAILABLE', 'the store does not answer')
    house.store.feed.own(null)
    await house.pass(1_000)
    expect(house.suspended).toEqual([S])
    expect(house.resumed).toEqual([])
    house.fault = null
    await house.pass(5_000)
    expect(house.resumed).toHaveLength(1)
    expect(house.store.feed.followers).toBe(1)
  })

  it('[FS10] a process that stops serves nothing more from what it followed', async () => {
    await house.sessions.open(S)
    await house.sessions.close(1_000)
    expect(house.suspended).toEqual([S])
    expect(house.store.feed.followers).toBe(0)
    await expect(house.sessions.open(S)).rejects.toMatchObject({ code: 'DRAINING' })
  })

  it('[FS11] without the workspace as it is nothing is opened, and what is open ends', async () => {
    await house.sessions.open(S)
    house.resumed.length = 0
    house.lapse()
    expect(house.suspended).toEqual([S])
    await expect(house.sessions.open(S)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    house.workspace.held = true
    await house.pass(10_000)
    expect(house.resumed).toHaveLength(1)
  })

  it('[FS12] whoever opens one that may be served no longer finds that out, and gets it anew', async () => {
    const before = await house.sessions.open(S)
    house.workspace.held = false
    await expect(house.sessions.open(S)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(house.suspended).toEqual([S])
    house.workspace.held = true
    const after = await house.sessions.open(S)
    expect(after).not.toBe(before)
    expect((await after.describe(principal('ana'))).title).toBe('T')
  })

  it('[FS13] nothing is written on a board by rights that may be old', async () => {
    const session = await house.sessions.open(S)
    const place = session.board(`${S}/main~board@1`, 'ana')
    expect(await place?.shared?.write(new Uint8Array([1]), 'ana')).toBe(true)
    house.workspace.held = false
    await expect(place?.shared?.write(new Uint8Array([2]), 'ana')).rejects.toMatchObject({ code: 'FENCED' })
    expect(house.written).toEqual([new Uint8Array([1])])
  })
})
