// When nothing is left to do but what waits for time. Everything in a simulated server goes on by microtasks or by
// immediates: the first are all done before an immediate runs, the second are counted here.

const { setImmediate: later, clearImmediate: notLater } = globalThis
const waiting = new Set<NodeJS.Immediate>()

/** Counts immediates from now on. @returns a function that ends it */
export function countImmediates(): () => void {
  const counted = (fn: (...args: unknown[]) => void, ...args: unknown[]) => {
    const immediate = later(() => {
      waiting.delete(immediate)
      fn(...args)
    })
    waiting.add(immediate)
    return immediate
  }
  globalThis.setImmediate = counted as typeof setImmediate
  globalThis.clearImmediate = (immediate) => {
    if (typeof immediate === 'object') waiting.delete(immediate as NodeJS.Immediate)
    notLater(immediate)
  }
  return () => {
    globalThis.setImmediate = later
    globalThis.clearImmediate = notLater
    waiting.clear()
  }
}

/** Resolves when what can happen without time passing has happened. */
export async function still(): Promise<void> {
  do await new Promise<void>((resolve) => later(resolve))
  while (waiting.size > 0)
}
