import { type Clock, systemClock } from '../clock.ts'
import { ColloquyError } from '../errors.ts'
import type { Session, ShownLane } from '../types/index.ts'
import type { MyView } from './types.ts'
import { Watched } from './watched.ts'

/** New messages within this time of one another cost one request. */
const WAIT_MS = 1_000

type Now = Omit<MyView, 'refresh'>

/** What the assistant would be given in a lane, asked for again after new messages while somebody looks. */
export class ViewStore extends Watched<Now> {
  readonly #session: Session
  readonly #laneId: string
  readonly #clock: Clock
  /** Of what the last request tells. */
  #lanes: readonly ShownLane[] | null = null
  #asked = 0
  #stopTimer: (() => void) | null = null

  constructor(session: Session, laneId: string, clock: Clock = systemClock) {
    super({ view: null, error: null })
    this.#session = session
    this.#laneId = laneId
    this.#clock = clock
  }

  refresh(): void {
    this.#stopTimer?.()
    this.#stopTimer = null
    this.#lanes = this.#session.snapshot().lanes
    const asked = ++this.#asked
    const tell = (now: Now) => {
      // Of two answers that cross each other the one that was asked for last counts.
      if (asked === this.#asked) this.show(now)
    }
    this.#session.view(this.#laneId).then(
      (view) => tell({ view, error: null }),
      (error: unknown) => tell({ view: this.read().view, error: asError(error) }),
    )
  }

  protected enter(): () => void {
    this.refresh()
    const stop = this.#session.subscribe(({ lanes }) => {
      if (lanes !== this.#lanes) this.#stopTimer ??= this.#clock.after(WAIT_MS, () => this.refresh())
    })
    return () => {
      stop()
      this.#stopTimer?.()
      this.#stopTimer = null
    }
  }
}

function asError(error: unknown): ColloquyError {
  return error instanceof ColloquyError
    ? error
    : new ColloquyError('UNEXPECTED', 'the view could not be read', { cause: error })
}
