import { CLOSE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Rooms } from '../sync/port.ts'
import { laneDocName } from './doc-names.ts'
import type { Bodies } from './lane-content.ts'
import { LaneDoc } from './lane-doc.ts'
import { project, render } from './projection.ts'
import type { State } from './state.ts'

export interface LaneDocsDeps {
  rooms: Rooms
  /** What a running turn has streamed and not committed. */
  said(turnId: string): string
}

/** What may happen only once an append is durable, in the order of the appends. */
export type Effect = () => void

/** The lane docs of a session, one for each lane that has been opened. */
export class LaneDocs {
  readonly docs = new Map<string, LaneDoc>()
  readonly #sessionId: string
  readonly #deps: LaneDocsDeps
  readonly #bodies: Bodies

  constructor(sessionId: string, deps: LaneDocsDeps, bodies: Bodies) {
    this.#sessionId = sessionId
    this.#deps = deps
    this.#bodies = bodies
  }

  /** Begins to write what a batch of events changes. */
  batch(): DocBatch {
    return new DocBatch(this, this.#deps, this.#bodies)
  }

  /** The doc of a lane that the state knows, made when it is new. */
  of(laneId: string, state: State): LaneDoc | null {
    const known = this.docs.get(laneId)
    const lane = state.lanes[laneId]
    if (known || !lane) return known ?? null
    const doc = new LaneDoc(laneDocName(this.#sessionId, lane))
    this.docs.set(laneId, doc)
    return doc
  }
}

/** What one batch of events does to the docs: for the journal, and once that is durable for the readers. */
export class DocBatch {
  readonly updates: { doc: string; update: Uint8Array }[] = []
  readonly dropDocs: string[] = []
  readonly effects: Effect[] = []
  readonly #docs: LaneDocs
  readonly #deps: LaneDocsDeps
  readonly #bodies: Bodies
  /**
   * What the batch writes into each doc is one transaction: in several, its readers could count what happened in
   * between in lanes that they do not read.
   */
  readonly #runs = new Map<LaneDoc, (() => void)[]>()

  constructor(docs: LaneDocs, deps: LaneDocsDeps, bodies: Bodies) {
    this.#docs = docs
    this.#deps = deps
    this.#bodies = bodies
  }

  project(laneId: string, event: SessionEvent, before: State, after: State): void {
    const doc = this.#docs.of(laneId, after)
    // Of a long fork the doc holds the end alone. What is put by holds the states: thousands of them are no small thing.
    if (!doc || (event.type === 'entry.shared' && event.seq < (after.lanes[laneId]?.firstSeq ?? 0))) return
    const run = this.#runs.get(doc) ?? []
    this.#runs.set(doc, run)
    run.push(() => project(doc, laneId, event, before, after, this.#bodies))
  }

  /** Starts the lane's new incarnation; readers of the old one are sent to it. */
  roll(laneId: string, state: State): void {
    const lane = state.lanes[laneId]
    const old = this.#docs.docs.get(laneId)
    if (!lane) return
    if (old) this.#write(old)
    this.#docs.docs.delete(laneId)
    const doc = this.#docs.of(laneId, state)
    const turn = lane.running === null ? undefined : state.turns[lane.running]
    const said = turn ? this.#deps.said(turn.turnId) : ''
    doc?.write((to) => {
      render(to, laneId, state, this.#bodies)
      if (turn && said !== '') to.appendText(turn.answerId, said)
    })
    if (doc) this.updates.push({ doc: doc.name, update: doc.encode() })
    if (!old) return
    this.dropDocs.push(old.name)
    this.effects.push(() => this.#deps.rooms.retire(old.name, CLOSE.incarnation))
  }

  /** Writes what has been projected so far. */
  flush(): void {
    for (const doc of [...this.#runs.keys()]) this.#write(doc)
  }

  #write(doc: LaneDoc): void {
    const run = this.#runs.get(doc) ?? []
    this.#runs.delete(doc)
    const written = doc.write(() => {
      for (const projection of run) projection()
    })
    if (!written) return
    const { update, stateVector } = written
    const { name } = doc
    this.updates.push({ doc: name, update })
    this.effects.push(() => this.#deps.rooms.publish(name, update, stateVector))
  }
}
