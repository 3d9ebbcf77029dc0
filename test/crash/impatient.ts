import { type Clock, systemClock } from '../../client/clock.ts'

/** Who was cut off comes back almost at once: of a server that is killed every second they would see little otherwise. */
export const IMPATIENT: Clock = { ...systemClock, after: (ms, fn) => systemClock.after(ms / 5, fn) }
