import type { Clock } from '../../server/clock.ts'
import { still } from './stillness.ts'

interface Timer {
  at: number
  /** Of two that are due at once, the one that was set first fires first. */
  number: number
  fn: () => void
  cancelled: boolean
}

/**
 * Time that passes only while nothing else happens: a timer fires when all that the one before it set off has come to
 * rest. What is shown therefore depends on virtual times alone and never on how long anything took.
 */
export class VirtualClock implements Clock {
  #now: number
  #set = 0
  /** A binary heap, the next one first. */
  readonly #timers: Timer[] = []

  constructor(now = 1_800_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, Math.ceil(ms)), number: ++this.#set, fn, cancelled: false }
    push(this.#timers, timer)
    return () => {
      timer.cancelled = true
    }
  }

  /** Fires what is due until `time`, and stops there, at rest. */
  async advanceTo(time: number): Promise<void> {
    await still()
    for (let next = this.#timers[0]; next && next.at <= time; next = this.#timers[0]) {
      pop(this.#timers)
      if (next.cancelled) continue
      this.#now = Math.max(this.#now, next.at)
      next.fn()
      await still()
    }
    this.#now = Math.max(this.#now, time)
  }
}

function before(a: Timer | undefined, b: Timer | undefined): boolean {
  if (!a || !b) return a !== undefined
  return a.at - b.at < 0 || (a.at === b.at && a.number < b.number)
}

function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!before(heap[at], heap[parent])) return
    swap(heap, at, parent)
    at = parent
  }
}

function pop(heap: Timer[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  heap[0] = last
  for (let at = 0; ; ) {
    const [left, right] = [2 * at + 1, 2 * at + 2]
    const child = before(heap[right], heap[left]) ? right : left
    if (!before(heap[child], heap[at])) return
    swap(heap, at, child)
    at = child
  }
}

function swap(heap: Timer[], a: number, b: number): void {
  const [x, y] = [heap[a], heap[b]]
  if (!x || !y) return
  heap[a] = y
  heap[b] = x
}
