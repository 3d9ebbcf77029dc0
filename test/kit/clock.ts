import type { Clock } from '../../server/clock.ts'

/** A clock that moves only when told to; what is due runs in order of its time. */
export class ManualClock implements Clock {
  #now: number
  #due: { at: number; fn: () => void }[] = []

  constructor(now = 1_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, fn: () => void): () => void {
    const entry = { at: this.#now + ms, fn }
    this.#due.push(entry)
    return () => {
      this.#due = this.#due.filter((other) => other !== entry)
    }
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#due = this.#due.filter((other) => other !== next)
      this.#now = next.at
      next.fn()
    }
    this.#now = end
  }
}
