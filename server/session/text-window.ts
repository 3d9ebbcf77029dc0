import type { Clock } from '../clock.ts'
import { isHighSurrogate } from './lane-content.ts'

/** Longest time that streamed text waits for more, in ms: the only delay added to it. */
const WINDOW_MS = 40
/** Text this long, in UTF-16 units, does not wait. */
const WINDOW_LENGTH = 512

/**
 * Gathers streamed text: the first token goes on at once, then whatever has come within 40 ms or 512
 * characters, so that readers get few, larger updates.
 */
export class TextWindow {
  readonly #clock: Clock
  readonly #flushed: (text: string) => void
  #text = ''
  #last = -Infinity
  #cancelTimer: (() => void) | null = null

  constructor(clock: Clock, flushed: (text: string) => void) {
    this.#clock = clock
    this.#flushed = flushed
  }

  push(text: string): void {
    this.#text += text
    const wait = this.#last + WINDOW_MS - this.#clock.now()
    if (wait <= 0 || this.#text.length >= WINDOW_LENGTH) this.flush()
    else this.#cancelTimer ??= this.#clock.after(wait, () => this.flush())
  }

  /** Hands on what has gathered; half a surrogate pair waits for its other half. */
  flush(): void {
    this.drop()
    const { length } = this.#text
    const whole = length > 0 && isHighSurrogate(this.#text.charCodeAt(length - 1)) ? length - 1 : length
    if (whole === 0) return
    const text = this.#text.slice(0, whole).toWellFormed()
    this.#text = this.#text.slice(whole)
    this.#last = this.#clock.now()
    this.#flushed(text)
  }

  /** Forgets the timer: nothing is handed on any more by itself. */
  drop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
  }
}
