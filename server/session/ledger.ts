import { LAYOUT_SCHEMA, MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Rights } from '../access/rights.ts'
import type { Clock } from '../clock.ts'
import type { Append, Claim, Journal, NewEvent } from '../journal/journal.ts'
import { boardDocName } from './doc-names.ts'
import { fold } from './fold.ts'
import type { LaneDoc } from './lane-doc.ts'
import { type Effect, LaneDocs, type LaneDocsDeps } from './lane-docs.ts'
import { type Ground, Lease, moment } from './lease.ts'
import type { Boards } from './peers.ts'
import { cellsOf, readSession, type StoredSession } from './read-session.ts'
import { roomEffects } from './room-effects.ts'
import { rolledLane } from './segments.ts'
import type { SessionMemory } from './session-memory.ts'
import { EMPTY, STATE_VERSION, type State } from './state.ts'
import { restoredBoard } from './stored-board.ts'
import { indexChange } from './stream-index.ts'

/** Update bytes after which a snapshot is due, unless the docs are larger themselves. */
const SNAPSHOT_BYTES = 128 * 1024
/** Appends after which a snapshot is due. */
const SNAPSHOT_APPENDS = 2000

export interface LedgerDeps extends LaneDocsDeps {
  journal: Journal
  boards?: Boards | undefined
  rights: Rights
  /** What this process knows of the workspace, where others change it. */
  workspace?: Ground | undefined
  clock: Clock
  /** The store failed, or the state is in doubt: this ledger is dead. Called once. */
  failed(error: unknown): void
}

export interface Batch {
  events: readonly NewEvent<SessionEvent>[]
  erase?: readonly string[] | undefined
  command?: Append['command'] | undefined
}

/**
 * A session's state, texts and lane docs, and the one way to change them: apply in memory, append to the
 * journal, and let out (to rooms and callers) only what is durable. Appends are FIFO. When one fails the
 * whole ledger is dead: its memory is ahead of the truth, and Yjs clocks that somebody might have seen must
 * not be used twice.
 */
export class Ledger implements SessionMemory {
  readonly sessionId: string
  readonly bodies = new Map<string, string>()
  readonly #deps: LedgerDeps
  readonly #laneDocs: LaneDocs
  readonly #epoch: string
  readonly #effectDeps
  #lease: Lease | null = null
  #state: State = EMPTY
  #rights = 0
  #seq = 0
  #tail: Promise<void> = Promise.resolve()
  #failed: unknown = null
  #bytesSinceSnapshot = 0
  #appendsSinceSnapshot = 0
  #docBytes = 0

  constructor(sessionId: string, epoch: string, deps: LedgerDeps) {
    this.sessionId = sessionId
    this.#epoch = epoch
    this.#deps = deps
    this.#laneDocs = new LaneDocs(sessionId, deps, this.bodies)
    const { rooms, rights } = deps
    this.#effectDeps = { sessionId, rooms, rights, state: () => this.#state }
  }

  get state(): State {
    return this.#state
  }

  /** Another number whenever who may read what may have changed. */
  get rights(): number {
    return this.#rights
  }

  /** Groups have changed: what was known of who may read is asked again. */
  rightsChanged(): void {
    this.#rights++
  }

  /** The lane docs, by laneId. */
  get docs(): Map<string, LaneDoc> {
    return this.#laneDocs.docs
  }

  get alive(): boolean {
    return this.#failed === null
  }

  /**
   * Takes the session for this process and loads it. An unknown session loads as the empty state.
   * @throws JournalError `OWNED` when another process has it
   */
  static async open(sessionId: string, deps: LedgerDeps): Promise<Ledger> {
    const { journal, clock, workspace } = deps
    const claimed = moment()
    const claim = await journal.claim(sessionId, { polite: true })
    const ledger = new Ledger(sessionId, claim.epoch, deps)
    if (claim.leaseMs !== undefined) {
      const renew = () => journal.renew(sessionId, claim.epoch)
      const lapsed = (error: unknown) => ledger.#fail(error)
      ledger.#lease = new Lease({ ms: claim.leaseMs, ground: workspace, clock, renew, lapsed }, claimed)
    }
    try {
      await ledger.#load(await readSession(journal, sessionId), claim)
    } catch (error) {
      ledger.#lease?.end()
      throw error
    }
    return ledger
  }

  /**
   * Applies a batch at once and resolves when it is durable and has been let out.
   * Rejects when the ledger has failed, before or by this batch.
   */
  commit(batch: Batch): Promise<void> {
    return this.#guarded(() => {
      const before = this.#state
      const { effects, updates, dropDocs } = this.#apply(batch.events)
      for (const cell of batch.erase ?? []) this.bodies.delete(cell)
      const index = indexChange(before, this.#state)
      return this.#append({ updates, dropDocs, ...index, events: batch.events, ...pick(batch) }, effects)
    })
  }

  /** Shows streamed text at the end of a message; resolves like `commit`. */
  show(laneId: string, messageId: string, text: string): Promise<void> {
    return this.#guarded(() => {
      const doc = this.docs.get(laneId)
      const written = doc?.write((lane) => lane.appendText(messageId, text))
      if (!doc || !written) return this.#tail
      const { update, stateVector } = written
      const publish = () => this.#deps.rooms.publish(doc.name, update, stateVector)
      return this.#append({ events: [], updates: [{ doc: doc.name, update }] }, [publish])
    })
  }

  /** Resolves once everything applied so far is durable; rejects when the ledger has failed. */
  settled(): Promise<void> {
    return this.#lease ? this.#tail.then(() => this.check()) : this.#tail
  }

  check(): void {
    this.#lease?.check()
    if (!this.alive) throw this.#failed
  }

  /** Writes a snapshot when enough has been appended since the last one, or at once with `now`. */
  snapshot(now = false): Promise<void> {
    const due = this.#bytesSinceSnapshot > Math.max(SNAPSHOT_BYTES, this.#docBytes)
    if (!this.alive || !(due || now || this.#appendsSinceSnapshot > SNAPSHOT_APPENDS))
      return Promise.resolve()
    if (this.#appendsSinceSnapshot === 0) return Promise.resolve()
    const docs = [...this.docs.values()].map((doc) => ({ doc: doc.name, state: doc.encode() }))
    this.#docBytes = docs.reduce((sum, { state }) => sum + state.length, 0)
    this.#bytesSinceSnapshot = 0
    this.#appendsSinceSnapshot = 0
    const state = { version: STATE_VERSION, state: this.#state }
    return this.#deps.journal.snapshot(this.sessionId, {
      expectedSeq: this.#seq,
      epoch: this.#epoch,
      state,
      docs,
    })
  }

  /** The position in the journal of everything applied so far: an event of now stands at most there. */
  get position(): number {
    return this.#seq
  }

  /** What is in memory may be ahead of the store: it is of no use any more. */
  abandon(error: unknown): void {
    this.#fail(error)
  }

  /** Gives the stream back; nothing can be committed any more, and nobody is told that it failed. */
  release(): Promise<void> {
    this.#failed ??= new Error('the session has left memory')
    this.#lease?.end()
    return this.#deps.journal.release(this.sessionId, this.#epoch)
  }

  async #load(stored: StoredSession, claim: Claim): Promise<void> {
    this.#state = stored.state
    this.#seq = stored.seq
    for (const [cell, text] of stored.bodies) this.bodies.set(cell, text)
    for (const [laneId, doc] of stored.docs) this.docs.set(laneId, doc)
    for (const update of stored.updates) this.#bytesSinceSnapshot += update.length
    this.#appendsSinceSnapshot += stored.updates.length
    const inDoubt = claim.mayHaveLost && !claim.clean
    const lost: SessionEvent[] = []
    const before = Object.values(this.#state.lanes)
    for (const lane of before) {
      const at = this.#deps.clock.now()
      const current = this.docs.get(lane.laneId)?.schema === LAYOUT_SCHEMA
      if (inDoubt || !current) lost.push(rolledLane(lane, 'restored', at))
      if (inDoubt) lost.push(await restoredBoard(this.#deps, this.sessionId, lane, at))
    }
    if (lost.length > 0) await this.commit({ events: lost.map((event) => ({ event })) })
    if (!inDoubt) return
    for (const lane of before) {
      await this.#deps.journal.dropBoard(this.sessionId, boardDocName(this.sessionId, lane))
    }
  }

  /** Folds and projects the events; returns what the journal and the readers must hear of it. */
  #apply(events: readonly NewEvent<SessionEvent>[]) {
    const batch = this.#laneDocs.batch()
    for (const { event, body } of events) {
      if (body !== undefined && 'cell' in event && event.cell) this.bodies.set(event.cell, body)
      const before = this.#state
      const after = fold(before, event, this.#seq + 1)
      this.#state = after
      if (after.members !== before.members) this.#rights++
      batch.effects.push(...roomEffects(event, before, this.#effectDeps))
      if (event.type === 'lane.rolled' && event.doc === 'lane') {
        batch.roll(event.laneId, after)
        this.#forgetBodies()
        continue
      }
      for (const laneId of lanesOf(event, before)) batch.project(laneId, event, before, after)
    }
    batch.flush()
    return batch
  }

  /** Keeps only texts that the state still refers to. */
  #forgetBodies(): void {
    const kept = new Set(cellsOf(this.#state))
    for (const cell of this.bodies.keys()) if (!kept.has(cell)) this.bodies.delete(cell)
  }

  #append(batch: Omit<Append, 'expectedSeq' | 'epoch'>, effects: readonly Effect[]): Promise<void> {
    const { journal } = this.#deps
    const lease = this.#lease
    const at = lease && moment()
    const appended = journal.append(this.sessionId, {
      ...batch,
      expectedSeq: this.#seq++,
      epoch: this.#epoch,
    })
    this.#appendsSinceSnapshot++
    for (const { update } of batch.updates ?? []) this.#bytesSinceSnapshot += update.length
    const tail = Promise.all([appended, this.#tail]).then(() => {
      if (at) lease?.lengthened(at)
      // Whoever was stopped meanwhile lets nothing out: another may have the session.
      lease?.check()
      for (const effect of effects) effect()
    })
    tail.catch((error) => this.#fail(error))
    this.#tail = tail
    return tail
  }

  /** An exception while applying leaves memory half changed: that too ends the ledger. */
  #guarded(change: () => Promise<void>): Promise<void> {
    if (!this.alive) return Promise.reject(this.#failed)
    try {
      // What was decided by rights that may be old is not written either.
      this.#lease?.check()
      return change()
    } catch (error) {
      this.#fail(error)
      return Promise.reject(error)
    }
  }

  #fail(error: unknown): void {
    if (!this.alive) return
    this.#failed = error
    this.#lease?.end()
    const tail = Promise.reject(error)
    tail.catch(() => undefined)
    this.#tail = tail
    this.#deps.failed(error)
  }
}

/** The lanes that an event shows in. */
function lanesOf(event: SessionEvent, before: State): string[] {
  if (event.type === 'session.renamed') return Object.keys(before.lanes)
  const laneId = laneOf(event, before)
  return laneId === null ? [] : [laneId]
}

function laneOf(event: SessionEvent, before: State): string | null {
  if (event.type === 'member.changed') return MAIN_LANE
  if (event.type === 'turn.narrowed') return event.intoLaneId
  if ('laneId' in event) return event.laneId
  if ('promptId' in event) return before.prompts[event.promptId]?.laneId ?? null
  if ('turnId' in event) return before.turns[event.turnId]?.laneId ?? null
  return null
}

function pick({ erase, command }: Batch) {
  return { ...(erase && erase.length > 0 ? { erase } : {}), ...(command ? { command } : {}) }
}
