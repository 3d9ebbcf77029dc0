import { MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import { ManualClock } from '../../test/kit/clock.ts'
import { MemoryFeed } from '../../test/kit/memory-feed.ts'
import { MemoryJournal } from '../../test/kit/memory-journal.ts'
import { recordingRooms } from '../../test/kit/recording.ts'
import { OPEN_RIGHTS } from '../access/rights.ts'
import type { Append } from '../journal/journal.ts'
import type { Rooms } from '../sync/port.ts'
import type { LaneDoc } from './lane-doc.ts'
import { Ledger } from './ledger.ts'
import { Mirror } from './mirror.ts'
import { STATE_VERSION, type State } from './state.ts'

export const S = 's_1'
export const LEASE_MS = 6_000

/** What rooms hear: of docs, and of people. */
export function ears() {
  const docs: unknown[][] = []
  const people: unknown[][] = []
  const hear: Partial<Rooms> = {
    publish: (doc, update, vector) => docs.push(['publish', doc, hex(update), hex(vector)]),
    retire: (doc, code) => docs.push(['retire', doc, code]),
    revoke: (...said) => people.push(['revoke', ...said]),
    rollBoards: (...said) => people.push(['rollBoards', ...said]),
    ring: (...said) => people.push(['ring', ...said]),
  }
  return {
    docs,
    people,
    rooms: Object.assign(
      recordingRooms(() => undefined),
      hear,
    ),
  }
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** A store in memory, with what a process that follows needs of it. */
export class Store {
  readonly journal = new MemoryJournal()
  readonly feed = new MemoryFeed()
  readonly clock = new ManualClock()
  readonly broken: unknown[] = []
  readonly owners: (string | null)[] = []
  registered = 0
  /** What becomes of a registration: whether the session has an owner. */
  register: () => Promise<boolean> = () => Promise.resolve(true)
  readonly #epoch: Promise<string>

  constructor() {
    this.#epoch = this.journal.claim(S).then(({ epoch }) => epoch)
  }

  async append(batch: Append): Promise<number> {
    const seq = await this.journal.append(S, { ...batch, epoch: await this.#epoch })
    this.feed.append(batch)
    return seq
  }

  async snapshot(expectedSeq: number, state: State, docs: Iterable<LaneDoc>): Promise<void> {
    await this.journal.snapshot(S, {
      ...{ expectedSeq, epoch: await this.#epoch, state: { version: STATE_VERSION, state } },
      docs: [...docs].map((doc) => ({ doc: doc.name, state: doc.encode() })),
    })
  }

  follow(rooms: Rooms = ears().rooms): Promise<Mirror> {
    const { journal, feed, clock } = this
    const register = async () => {
      this.registered++
      const owned = await this.register()
      return { position: (await feed.head()).position, owned }
    }
    return Mirror.open(S, {
      ...{ journal, feed, clock, rooms, rights: OPEN_RIGHTS },
      readLeases: { ms: LEASE_MS, register, confirm: async () => undefined },
      broken: (error) => this.broken.push(error),
      owned: (owner) => this.owners.push(owner),
    })
  }
}

/** A session of two people. */
const BEGINNING: SessionEvent[] = [
  { type: 'session.created', at: 1, sessionId: S, workspaceId: 'w', title: 'T', by: 'ana' },
  { type: 'member.changed', at: 1, userId: 'ana', name: 'Ana', role: 'owner', by: 'ana' },
  { type: 'member.changed', at: 1, userId: 'bo', name: 'Bo', role: 'prompter', by: 'ana' },
  { type: 'lane.opened', at: 1, laneId: MAIN_LANE, audience: 'everyone', by: 'ana' },
]

/** A session that a ledger writes. */
export async function written(rooms: Rooms = ears().rooms) {
  const store = new Store()
  const failed = (error: unknown) => {
    throw error
  }
  const journal = { append: (_stream: string, batch: Append) => store.append(batch) } as never
  const deps = { journal, rooms, rights: OPEN_RIGHTS, said: () => '', failed, clock: store.clock }
  const ledger = new Ledger(S, '1:memory', deps)
  const write = (...events: SessionEvent[]) => ledger.commit({ events: events.map((event) => ({ event })) })
  await write(...BEGINNING)
  return { store, ledger, write }
}
