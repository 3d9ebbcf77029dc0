import type { Role } from '@colloquy/shared'
import type { Principal } from '../access/principal.ts'
import type { Rights } from '../access/rights.ts'
import type { Journal } from '../journal/journal.ts'
import { notFound } from './decision.ts'
import type { History } from './history.ts'
import { readableLane, readableLanes } from './lane-access.ts'
import type { SessionMemory } from './session-memory.ts'
import type { Lane, State } from './state.ts'
import { storeFailed } from './store-failed.ts'

interface MemberReadsDeps {
  memory: SessionMemory
  journal: Journal
  rights: Rights
}

/** How something is read for a member: what they are told is durable, and theirs to read before and after. */
export class MemberReads {
  readonly #memory: SessionMemory
  readonly #journal: Journal
  readonly #rights: Rights
  /** The last read of the journal of each person who waits for one. */
  readonly #reading = new Map<string, Promise<unknown>>()

  constructor({ memory, journal, rights }: MemberReadsDeps) {
    this.#memory = memory
    this.#journal = journal
    this.#rights = rights
  }

  /** True while somebody waits for a read of the journal. */
  get busy(): boolean {
    return this.#reading.size > 0
  }

  /** Reads for a member, and answers once what was read is durable. */
  async now<T>(actor: Principal, read: (state: State, role: Role) => T): Promise<T> {
    if (this.#memory.fresh) await this.#memory.fresh().catch(storeFailed)
    const role = this.#role(actor)
    const answer = role && { value: read(this.#memory.state, role) }
    await this.#memory.settled().catch(storeFailed)
    if (!answer || !this.#role(actor)) throw notFound('session')
    return answer.value
  }

  /**
   * Reads the journal for a member: what had happened when they asked. One such read of a person at a time, because
   * each may be long and all share the store; nobody waits for those of others.
   */
  async past<T>(actor: Principal, read: (history: History) => Promise<T>): Promise<T> {
    const journal = this.#journal
    const history = await this.now(actor, (state) => ({ journal, state, upTo: this.#memory.position }))
    const value = await this.#inTurn(actor.userId, () => read(history)).catch(storeFailed)
    // That may have taken longer than what was known of who may read holds.
    await this.#memory.settled().catch(storeFailed)
    // Who was taken out meanwhile gets nothing more.
    if (!this.#role(actor)) throw notFound('session')
    return value
  }

  /** Whoever lost a lane meanwhile is answered anew, without it. */
  async asReader<T>(actor: Principal, read: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = this.lanesOf(actor, this.#memory.state)
      const value = await read()
      const after = this.laneIdsOf(actor, this.#memory.state)
      if (before.every(({ laneId }) => after.has(laneId))) return value
    }
  }

  /** Like `past`, of one lane, for whoever reads it before and after. */
  async inLane<T>(
    actor: Principal,
    laneId: string,
    read: (history: History, lane: Lane) => Promise<T>,
  ): Promise<T> {
    const value = await this.past(actor, async (history) => {
      const lane = readableLane(history.state, laneId, actor.userId, this.#rights)
      return lane ? read(history, lane) : null
    })
    if (value === null || !readableLane(this.#memory.state, laneId, actor.userId, this.#rights))
      throw notFound('lane')
    return value
  }

  lanesOf({ userId }: Principal, state: State): Lane[] {
    return readableLanes(state, userId, this.#rights)
  }

  laneIdsOf(actor: Principal, state: State): Set<string> {
    return new Set(this.lanesOf(actor, state).map(({ laneId }) => laneId))
  }

  #role({ userId }: Principal): Role | undefined {
    return this.#memory.state.members[userId]?.role
  }

  #inTurn<T>(userId: string, read: () => Promise<T>): Promise<T> {
    const answer = (this.#reading.get(userId) ?? Promise.resolve()).then(read)
    const done: Promise<void> = answer.then(
      () => this.#wasRead(userId, done),
      () => this.#wasRead(userId, done),
    )
    this.#reading.set(userId, done)
    return answer
  }

  #wasRead(userId: string, read: Promise<unknown>): void {
    if (this.#reading.get(userId) === read) this.#reading.delete(userId)
  }
}
