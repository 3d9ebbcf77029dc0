import { type Clock, systemClock } from '../clock.ts'
import type { Audience } from '../types/index.ts'

/** Who has not pressed a key for this long has stopped typing. */
const IDLE_MS = 4_000
/** Keystrokes within this time of the last one that counted say nothing new. */
const REFRESH_MS = 1_000

/** Turns keystrokes into "is typing": told once when it begins, once when it ends, and it ends by itself. */
export class Typing {
  readonly #tell: (typing: boolean, audience?: Audience) => void
  readonly #clock: Clock
  #since = Number.NEGATIVE_INFINITY
  #typing = false
  /** Whom the draft is for: others are told that it ended when that changes. */
  #audience: Audience | undefined
  #stopTimer: (() => void) | null = null

  constructor(tell: (typing: boolean, audience?: Audience) => void, clock: Clock = systemClock) {
    this.#tell = tell
    this.#clock = clock
  }

  set(typing: boolean, audience = this.#audience): void {
    const now = this.#clock.now()
    const same = String(audience) === String(this.#audience)
    if (typing && this.#typing && same && now - this.#since < REFRESH_MS) return
    this.#since = now
    this.#stopTimer?.()
    this.#stopTimer = typing ? this.#clock.after(IDLE_MS, () => this.set(false)) : null
    if (this.#typing === typing && (same || !typing)) return
    this.#typing = typing
    this.#audience = audience
    this.#tell(typing, audience)
  }
}
