import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { ColloquyError } from '../errors.ts'
import type { Board, BoardDraft } from '../types.ts'
import { readDraft } from './drafts.ts'
import { LiveBoard, type LiveBoardOptions } from './live-board.ts'

/** A board that nobody holds any more is left after this long: who soon comes back finds it connected. */
const KEEP_MS = 1_000

/** The board of a session's lane: one connection, while somebody holds a handle to it. */
export class Boards {
  readonly #options: LiveBoardOptions
  #live: LiveBoard | null = null
  #over: ColloquyError | null = null
  #holders = 0
  #stopTimer: (() => void) | null = null

  constructor(options: LiveBoardOptions) {
    this.#options = options
  }

  open(): Board {
    // One that is over is not taken up again by those who hold it; who asks anew gets another try.
    if (this.#live?.error) this.#leave()
    this.#live ??= new LiveBoard(this.#options, this.#over)
    this.#stopTimer?.()
    this.#stopTimer = null
    this.#holders++
    const live = this.#live
    return new Handle(live, () => {
      if (this.#live !== live || --this.#holders > 0) return
      this.#stopTimer = this.#options.clock.after(KEEP_MS, () => this.#leave())
    })
  }

  retryNow(): void {
    this.#live?.connection.retryNow()
  }

  networkLost(): void {
    this.#live?.connection.networkLost()
  }

  /** The session is over. */
  end(error: ColloquyError): void {
    this.#over ??= error
    this.#stopTimer?.()
    this.#live?.end(error)
  }

  #leave(): void {
    this.#live?.end(new ColloquyError('CLOSED', 'the board was closed'))
    this.#live = null
    this.#holders = 0
    this.#stopTimer?.()
    this.#stopTimer = null
  }
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
