import { type Clock, systemClock } from '../clock.ts'

/** Who has not pressed a key for this long has stopped typing. */
const IDLE_MS = 4_000
/** Keystrokes within this time of the last one that counted say nothing new. */
const REFRESH_MS = 1_000

/** Turns keystrokes into "is typing": told once when it begins, once when it ends, and it ends by itself. */
export class Typing {
  readonly #tell: (typing: boolean) => void
  readonly #clock: Clock
  #since = Number.NEGATIVE_INFINITY
  #typing = false
  #stopTimer: (() => void) | null = null

  constructor(tell: (typing: boolean) => void, clock: Clock = systemClock) {
    this.#tell = tell
    this.#clock = clock
  }

  set(typing: boolean): void {
    const now = this.#clock.now()
    if (typing && this.#typing && now - this.#since < REFRESH_MS) return
    this.#since = now
    this.#stopTimer?.()
    this.#stopTimer = typing ? this.#clock.after(IDLE_MS, () => this.set(false)) : null
    if (this.#typing === typing) return
    this.#typing = typing
    this.#tell(typing)
  }
}
