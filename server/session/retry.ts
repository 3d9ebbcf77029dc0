import type { ModelFault } from '../model/port.ts'

// When a step is tried again. Pure.

/** A turn tries a step at most this often, restarts of the server included. */
export const MAX_ATTEMPTS = 3
/** Wait before the second attempt, in ms; doubled before the third. */
const FIRST_WAIT_MS = 500
/** A provider that asks to wait longer than this is not waited for. */
const MAX_WAIT_MS = 600_000
/** Waits are longer by up to this part, so that turns that failed together do not come back together. */
const JITTER = 0.25

/**
 * ms until the attempt after `attempt`, or null when there is none. Never less than the provider asked for.
 * @param random from 0 to 1
 */
export function retryWait(fault: ModelFault, attempt: number, random: number): number | null {
  if (!fault.retryable || attempt >= MAX_ATTEMPTS) return null
  const wait = fault.retryAfter ?? FIRST_WAIT_MS * 2 ** (attempt - 1)
  return wait > MAX_WAIT_MS ? null : Math.round(wait * (1 + JITTER * random))
}
