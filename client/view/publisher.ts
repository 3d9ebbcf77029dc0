import type { Clock } from '../clock.ts'
import type { Snapshot } from '../types/index.ts'

/**
 * Hands out snapshots: changes of one frame become one snapshot and one call to each subscriber, and a
 * snapshot in which nothing differs is not handed out.
 */
export class Publisher {
  readonly #clock: Clock
  readonly #build: () => Snapshot
  readonly #flushed: () => void
  readonly #subscribers = new Set<(snapshot: Snapshot) => void>()
  #snapshot: Snapshot
  #cancelFrame: (() => void) | null = null

  /** `flushed` runs after every flush, also where nothing differed. */
  constructor(clock: Clock, build: () => Snapshot, flushed: () => void) {
    this.#clock = clock
    this.#build = build
    this.#flushed = flushed
    this.#snapshot = build()
  }

  get snapshot(): Snapshot {
    return this.#snapshot
  }

  subscribe(fn: (snapshot: Snapshot) => void): () => void {
    // Its own function object, so that the same `fn` may subscribe twice.
    const subscriber = (snapshot: Snapshot) => fn(snapshot)
    this.#subscribers.add(subscriber)
    return () => {
      this.#subscribers.delete(subscriber)
    }
  }

  /** Something may look different: publishes with the next frame. */
  changed(): void {
    this.#cancelFrame ??= this.#clock.frame(() => this.flush())
  }

  /** Publishes now. */
  flush(): void {
    this.#cancelFrame?.()
    this.#cancelFrame = null
    const next = this.#build()
    if (!same(next, this.#snapshot)) {
      this.#snapshot = next
      for (const subscriber of [...this.#subscribers]) call(subscriber, next)
    }
    this.#flushed()
  }

  close(): void {
    this.#cancelFrame?.()
    this.#cancelFrame = null
    this.#subscribers.clear()
  }
}

/** One subscriber that throws must not keep the others from hearing. */
function call(subscriber: (snapshot: Snapshot) => void, snapshot: Snapshot): void {
  try {
    subscriber(snapshot)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

function same(a: Snapshot, b: Snapshot): boolean {
  return (Object.keys(a) as (keyof Snapshot)[]).every((key) => Object.is(a[key], b[key]))
}
