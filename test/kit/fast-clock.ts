import { type Clock, systemClock } from '../../server/clock.ts'

/**
 * A clock that is right at `from` (ms since 1970) and `rate` times too fast since: processes that follow each
 * other and are given the same `from` agree on the time.
 */
export function fastClock(rate: number, from: number): Clock {
  return {
    now: () => Math.floor(from + (Date.now() - from) * rate),
    after: (ms, fn) => systemClock.after(ms / rate, fn),
  }
}
