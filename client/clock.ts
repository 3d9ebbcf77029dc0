/** Time as the client sees it: tests bring their own. */
export interface Clock {
  /** ms since 1970. */
  now(): number
  /** Runs `fn` once after `ms`; returns a function that prevents it. */
  after(ms: number, fn: () => void): () => void
  /** Runs `fn` at the next moment when drawing makes sense; returns a function that prevents it. */
  frame(fn: () => void): () => void
}

/** A hidden tab gets no animation frames: this timer then publishes. */
const HIDDEN_FRAME_MS = 250
const FRAME_MS = 16

function after(ms: number, fn: () => void): () => void {
  const timer = setTimeout(fn, ms)
  return () => clearTimeout(timer)
}

function frame(fn: () => void): () => void {
  if (typeof requestAnimationFrame !== 'function') return after(FRAME_MS, fn)
  const run = () => {
    cancel()
    fn()
  }
  const stopTimer = after(HIDDEN_FRAME_MS, run)
  const request = requestAnimationFrame(run)
  const cancel = () => {
    stopTimer()
    cancelAnimationFrame(request)
  }
  return cancel
}

export const systemClock: Clock = { now: () => Date.now(), after, frame }
