import { type Clock, systemClock } from '../clock.ts'
import { ColloquyError } from '../errors.ts'
import type { Session, ShownLane } from '../types.ts'
import type { MyView } from './types.ts'

/** New messages within this time of one another cost one request. */
const WAIT_MS = 1_000

type Now = Omit<MyView, 'refresh'>

/** What the assistant would be given in a lane, asked for again after new messages while somebody looks. */
export class ViewStore {
  readonly #session: Session
  readonly #laneId: string
  readonly #clock: Clock
  readonly #subscribers = new Set<() => void>()
  #now: Now = { view: null, error: null }
  #holders = 0
  /** Of what the last request tells. */
  #lanes: readonly ShownLane[] | null = null
  #asked = 0
  #stopTimer: (() => void) | null = null
  #leave: (() => void) | null = null

  constructor(session: Session, laneId: string, clock: Clock = systemClock) {
    this.#session = session
    this.#laneId = laneId
    this.#clock = clock
  }

  /** Another object after every change. */
  readonly read = (): Now => this.#now

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#subscribers.add(fn)
    return () => {
      this.#subscribers.delete(fn)
    }
  }

  /** Keeps it up to date while somebody looks. @returns how to stop it */
  attach(): () => void {
    this.#holders++
    this.#leave ??= this.#enter()
    let done = false
    return () => {
      if (done) return
      done = true
      this.#holders--
      // StrictMode comes back at once.
      queueMicrotask(() => {
        if (this.#holders === 0) this.#leave?.()
      })
    }
  }

  refresh(): void {
    this.#stopTimer?.()
    this.#stopTimer = null
    this.#lanes = this.#session.snapshot().lanes
    const asked = ++this.#asked
    const tell = (now: Now) => {
      // Of two answers that cross each other the one that was asked for last counts.
      if (asked === this.#asked) this.#set(now)
    }
    this.#session.view(this.#laneId).then(
      (view) => tell({ view, error: null }),
      (error: unknown) => tell({ view: this.#now.view, error: asError(error) }),
    )
  }

  #enter(): () => void {
    this.refresh()
    const stop = this.#session.subscribe(({ lanes }) => {
      if (lanes !== this.#lanes) this.#stopTimer ??= this.#clock.after(WAIT_MS, () => this.refresh())
    })
    return () => {
      this.#leave = null
      stop()
      this.#stopTimer?.()
      this.#stopTimer = null
    }
  }

  #set(now: Now): void {
    this.#now = now
    for (const fn of [...this.#subscribers]) fn()
  }
}

function asError(error: unknown): ColloquyError {
  return error instanceof ColloquyError
    ? error
    : new ColloquyError('UNEXPECTED', 'the view could not be read', { cause: error })
}
