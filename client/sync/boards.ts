import type { SessionAnswer } from '@colloquy/shared/answers'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { ColloquyError } from '../errors.ts'
import type { Board, BoardDraft } from '../types/index.ts'
import { readDraft } from './drafts.ts'
import { laneOf } from './lane-of.ts'
import { LiveBoard, type LiveBoardOptions } from './live-board.ts'

/** A board that nobody holds any more is left after this long: who soon comes back finds it connected. */
const KEEP_MS = 1_000

/** The boards of a session's lanes: one connection to each, while somebody holds a handle to it. */
export class Boards {
  readonly #options: Omit<LiveBoardOptions, 'docOf'>
  readonly #held = new Map<string, Held>()
  #over: ColloquyError | null = null

  constructor(options: Omit<LiveBoardOptions, 'docOf'>) {
    this.#options = options
  }

  open(laneId: string): Board {
    const known = this.#held.get(laneId)
    // One that is over is not taken up again by those who hold it; who asks anew gets another try.
    if (known?.live.error) this.#leave(laneId, known)
    const held = this.#held.get(laneId) ?? this.#add(laneId)
    held.stopTimer?.()
    held.stopTimer = null
    held.holders++
    return new Handle(held.live, () => {
      if (this.#held.get(laneId) !== held || --held.holders > 0) return
      held.stopTimer = this.#options.clock.after(KEEP_MS, () => this.#leave(laneId, held))
    })
  }

  retryNow(): void {
    for (const { live } of this.#held.values()) live.connection.retryNow()
  }

  networkLost(): void {
    for (const { live } of this.#held.values()) live.connection.networkLost()
  }

  /** The session is over. */
  end(error: ColloquyError): void {
    this.#over ??= error
    for (const { live, stopTimer } of this.#held.values()) {
      stopTimer?.()
      live.end(error)
    }
  }

  #add(laneId: string): Held {
    const docOf = (answer: SessionAnswer) => laneOf(answer, laneId).board
    const live = new LiveBoard({ ...this.#options, docOf }, this.#over)
    const held = { live, holders: 0, stopTimer: null }
    this.#held.set(laneId, held)
    return held
  }

  #leave(laneId: string, held: Held): void {
    this.#held.delete(laneId)
    held.stopTimer?.()
    held.live.end(new ColloquyError('CLOSED', 'the board was closed'))
  }
}

interface Held {
  live: LiveBoard
  holders: number
  stopTimer: (() => void) | null
}

/** What one caller holds of the board. */
class Handle implements Board {
  readonly #live: LiveBoard
  readonly #giveBack: () => void
  readonly #stops = new Set<() => void>()
  #closed = false

  constructor(live: LiveBoard, giveBack: () => void) {
    this.#live = live
    this.#giveBack = giveBack
  }

  get ready(): Promise<void> {
    return this.#live.ready
  }

  get doc(): Y.Doc {
    return this.#live.doc
  }

  get awareness(): Awareness {
    return this.#live.awareness
  }

  get readOnly(): boolean {
    return this.#live.readOnly
  }

  get error(): ColloquyError | null {
    return this.#live.error
  }

  draft(draftId: string): BoardDraft | null {
    return readDraft(this.#live.doc, draftId)
  }

  drafts(): readonly BoardDraft[] {
    return this.#live.drafts()
  }

  open(draftId?: string): string {
    return this.#live.open(draftId)
  }

  remove(draftId: string): void {
    this.#live.remove(draftId)
  }

  subscribe(fn: () => void): () => void {
    const stop = this.#live.subscribe(() => fn())
    this.#stops.add(stop)
    return () => {
      stop()
      this.#stops.delete(stop)
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const stop of this.#stops) stop()
    this.#giveBack()
  }
}
