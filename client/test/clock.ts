import type { Clock } from '../clock.ts'

/** A clock that stands still until a test moves it; frames come with the next microtask. */
export class TestClock implements Clock {
  #now = 1_000_000
  #timers: { at: number; fn: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#now + ms, fn }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  frame(fn: () => void): () => void {
    let cancelled = false
    queueMicrotask(() => {
      if (!cancelled) fn()
    })
    return () => {
      cancelled = true
    }
  }

  /** Runs what falls due in the next `ms`, in order, letting promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (!next) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#now = Math.max(this.#now, next.at)
      next.fn()
      await settle()
    }
    this.#now = end
  }
}

/** Lets everything happen that needs no time: promises, in-memory sockets. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
