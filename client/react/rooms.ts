import type { Clock } from '../clock.ts'
import type { Session } from '../types/index.ts'

/** A session that nobody shows any more is left after this long: StrictMode and a quick return find it again. */
const KEEP_MS = 1_000

interface Held {
  session: Session
  holders: number
  stopTimer: (() => void) | null
}

/** The sessions that a page shows: one connection each, however many components hold it. */
export class Rooms {
  readonly #open: (id: string) => Session
  readonly #clock: Clock
  readonly #held = new Map<string, Held>()

  constructor(open: (id: string) => Session, clock: Clock) {
    this.#open = open
    this.#clock = clock
  }

  /** @returns the session, and how to let go of it, once */
  acquire(id: string): { session: Session; release: () => void } {
    const held = this.#usable(id) ?? this.#add(id)
    held.stopTimer?.()
    held.stopTimer = null
    held.holders++
    let done = false
    const release = () => {
      if (done) return
      done = true
      held.holders--
      if (held.holders === 0) held.stopTimer = this.#clock.after(KEEP_MS, () => this.#leave(id, held))
    }
    return { session: held.session, release }
  }

  #usable(id: string): Held | undefined {
    const held = this.#held.get(id)
    if (!held || held.holders > 0) return held
    // Whoever comes back to one that has ended wants another try.
    if (held.session.snapshot().connection.state !== 'ended') return held
    held.stopTimer?.()
    this.#leave(id, held)
    return undefined
  }

  #add(id: string): Held {
    const held = { session: this.#open(id), holders: 0, stopTimer: null }
    this.#held.set(id, held)
    return held
  }

  #leave(id: string, held: Held): void {
    if (this.#held.get(id) === held) this.#held.delete(id)
    held.session.close()
  }
}
