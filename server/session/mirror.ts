import { CLOSE, parseDocName } from '@colloquy/shared'
import { type SessionEvent, sessionEvent } from '@colloquy/shared/events'
import type { Rights } from '../access/rights.ts'
import type { Clock } from '../clock.ts'
import type { Feed, FeedEntry } from '../journal/feed.ts'
import { type Journal, JournalError } from '../journal/journal.ts'
import type { Rooms } from '../sync/port.ts'
import { boardDocName } from './doc-names.ts'
import { fold } from './fold.ts'
import { LaneDoc } from './lane-doc.ts'
import type { Effect } from './lane-docs.ts'
import { type Ground, Lease, moment } from './lease.ts'
import type { ReadLeases } from './peers.ts'
import { cellsOf, readSession, type StoredSession } from './read-session.ts'
import { roomEffects } from './room-effects.ts'
import type { DocMemory } from './session-in-memory.ts'
import type { State } from './state.ts'

/** How far behind it may be before whoever waits for it is refused, in ms. */
const BEHIND_MS = 5_000

export interface MirrorDeps {
  journal: Journal
  feed: Feed
  readLeases: ReadLeases
  rooms: Rooms
  rights: Rights
  /** What this process knows of the workspace. */
  workspace?: Ground | undefined
  clock: Clock
  /** It is of no use any more, and must be opened again. Called once. */
  broken(error: unknown): void
  /** Another process owns the session now, or none. */
  owned(owner: string | null): void
}

interface Waiter {
  position: number
  resolve(): void
  reject(error: unknown): void
}

/**
 * A session that another process writes, as it reaches the store: state, texts and docs follow what is appended, and the
 * rooms of this process hear of it. All that is here is durable.
 */
export class Mirror implements DocMemory {
  readonly sessionId: string
  readonly bodies: Map<string, string>
  readonly docs: Map<string, LaneDoc>
  readonly #deps: MirrorDeps
  #state: State
  #rights = 0
  #position: number
  #waiting: Waiter[] = []
  #over: unknown = null
  #closed = false
  #lease: Lease | null = null
  #stop: () => void = () => {}

  private constructor(sessionId: string, stored: StoredSession, deps: MirrorDeps) {
    this.sessionId = sessionId
    this.bodies = stored.bodies
    this.docs = stored.docs
    this.#state = stored.state
    this.#position = stored.seq
    this.#deps = deps
  }

  /** Reads the session and follows it from there. @throws JournalError `UNAVAILABLE` */
  static async open(sessionId: string, deps: MirrorDeps): Promise<Mirror> {
    const { readLeases, clock, workspace } = deps
    // First: what is taken back from now on waits for this process, and what was before is read.
    const registered = moment()
    await readLeases.register(sessionId)
    const mirror = new Mirror(sessionId, await readSession(deps.journal, sessionId), deps)
    const lapsed = (error: unknown) => mirror.#break(error)
    const renew = async () => {
      const { position, owned } = await readLeases.register(sessionId)
      // One that was killed tells nobody that it has gone.
      if (!owned && !mirror.#over) deps.owned(null)
      // What was taken back before waits for this process no longer: it may serve on once it knows of that.
      await mirror.reached(position)
    }
    mirror.#lease = new Lease({ ms: readLeases.ms, ground: workspace, clock, renew, lapsed }, registered)
    mirror.#stop = deps.feed.follow(sessionId, mirror.#position, {
      appended: (entry) => mirror.#appended(entry),
      owned: (owner) => {
        if (!mirror.#over) deps.owned(owner)
      },
      broken: (error) => mirror.#break(error),
    })
    return mirror
  }

  get state(): State {
    return this.#state
  }

  get rights(): number {
    return this.#rights
  }

  get position(): number {
    return this.#position
  }

  rightsChanged(): void {
    this.#rights++
  }

  settled(): Promise<void> {
    if (this.#over) return this.#closed ? Promise.resolve() : Promise.reject(this.#over)
    return this.#lease?.held ? Promise.resolve() : Promise.reject(behind())
  }

  check(): void {
    this.#lease?.check()
    if (this.#over) throw this.#over
  }

  async fresh(): Promise<void> {
    const { position } = await this.#deps.feed.head(this.sessionId)
    await this.reached(position)
  }

  /** Resolves once it has come that far. @throws JournalError `UNAVAILABLE` when that takes too long */
  reached(position: number): Promise<void> {
    if (this.#over && !this.#closed) return Promise.reject(this.#over)
    if (position <= this.#position) return Promise.resolve()
    if (this.#over) return Promise.reject(this.#over)
    return new Promise((resolve, reject) => {
      const stop = this.#deps.clock.after(BEHIND_MS, () => reject(behind()))
      const done = () => {
        stop()
        resolve()
      }
      this.#waiting.push({ position, resolve: done, reject })
    })
  }

  /** Follows no longer. Whoever is just reading may finish: what is here was the session's. */
  close(): void {
    this.#closed = this.#over === null
    this.#end(new JournalError('UNAVAILABLE', 'the session has left memory'))
  }

  #appended(entry: FeedEntry): void | Promise<void> {
    if (this.#over) return
    // Whoever was stopped meanwhile tells nothing more: something may have been taken back.
    this.#lease?.check()
    const cells = entry.events.flatMap(({ cell }) => (cell === undefined ? [] : [cell]))
    if (cells.length === 0) return this.#apply(entry)
    return this.#deps.journal.bodies(this.sessionId, cells).then((found) => {
      for (const [cell, text] of found) this.bodies.set(cell, text)
      if (!this.#over) this.#apply(entry)
    })
  }

  #apply({ seq, events, updates }: FeedEntry): void {
    const effects: Effect[] = []
    for (const each of events) effects.push(...this.#fold(sessionEvent.parse(each), seq))
    for (const { doc, update } of updates) effects.push(...this.#write(doc, update))
    this.#position = seq
    for (const effect of effects) effect()
    const due = this.#waiting.filter(({ position }) => position <= seq)
    if (due.length === 0) return
    this.#waiting = this.#waiting.filter(({ position }) => position > seq)
    for (const { resolve } of due) resolve()
  }

  #fold(event: SessionEvent, seq: number): Effect[] {
    const { rooms, rights } = this.#deps
    const { sessionId } = this
    const before = this.#state
    this.#state = fold(before, event, seq)
    if (this.#state.members !== before.members) this.#rights++
    if (event.type === 'lane.rolled' || event.type === 'entry.retracted') this.#forgetBodies()
    const effects = roomEffects(event, before, { sessionId, rooms, rights, state: () => this.#state })
    const lane = event.type === 'lane.rolled' && event.doc === 'board' && before.lanes[event.laneId]
    if (!lane) return effects
    return [...effects, () => rooms.retire(boardDocName(sessionId, lane), CLOSE.incarnation)]
  }

  /** An update of a doc that is not the lane's is the start of its next incarnation. */
  #write(name: string, update: Uint8Array): Effect[] {
    const { rooms } = this.#deps
    const laneId = parseDocName(name)?.laneId
    if (laneId === undefined) throw new JournalError('UNAVAILABLE', `${name} is no doc`)
    const doc = this.docs.get(laneId)
    if (doc?.name === name) {
      const stateVector = doc.receive(update)
      return [() => rooms.publish(name, update, stateVector)]
    }
    this.docs.set(laneId, new LaneDoc(name, [update]))
    return doc ? [() => rooms.retire(doc.name, CLOSE.incarnation)] : []
  }

  #forgetBodies(): void {
    const kept = new Set(cellsOf(this.#state))
    for (const cell of this.bodies.keys()) if (!kept.has(cell)) this.bodies.delete(cell)
  }

  #break(error: unknown): void {
    if (this.#over) return
    this.#end(error)
    this.#deps.broken(error)
  }

  #end(error: unknown): void {
    this.#over ??= error
    this.#lease?.end()
    this.#stop()
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}

const behind = () => new JournalError('UNAVAILABLE', 'this process is behind the store')
