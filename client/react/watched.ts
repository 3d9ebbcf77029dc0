/** What components look at; it costs something only while one of them does. */
export abstract class Watched<Now> {
  readonly #subscribers = new Set<() => void>()
  #now: Now
  #holders = 0
  #leave: (() => void) | null = null

  constructor(now: Now) {
    this.#now = now
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
    this.#leave ??= this.enter()
    let done = false
    return () => {
      if (done) return
      done = true
      this.#holders--
      // StrictMode comes back at once.
      queueMicrotask(() => {
        if (this.#holders > 0) return
        const leave = this.#leave
        this.#leave = null
        leave?.()
      })
    }
  }

  protected get watched(): boolean {
    return this.#leave !== null
  }

  /** Begins to follow. @returns how to stop it */
  protected abstract enter(): () => void

  protected show(now: Now): void {
    this.#now = now
    for (const fn of [...this.#subscribers]) fn()
  }
}
