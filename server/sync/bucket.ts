/** Tokens a connection may spend at once, and gets back each second. */
const CAPACITY = 500
const PER_SECOND = 100

/**
 * How much a connection may send. Generous: a stock client types and moves its cursor thirty times a second
 * and repeats ten presence frames of others, at one token each.
 */
export class TokenBucket {
  #tokens = CAPACITY
  #at: number

  constructor(now: number) {
    this.#at = now
  }

  /** Spends `cost`; false when there was not that much left. */
  take(cost: number, now: number): boolean {
    this.#tokens = Math.min(CAPACITY, this.#tokens + (Math.max(0, now - this.#at) * PER_SECOND) / 1000)
    this.#at = now
    this.#tokens -= cost
    return this.#tokens >= 0
  }
}
