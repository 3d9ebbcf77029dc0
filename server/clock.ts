import { randomBytes } from 'node:crypto'

/** Time as the server sees it: tests and the simulator bring their own. */
export interface Clock {
  /** ms since 1970. */
  now(): number
  /** Runs `fn` once after `ms`; returns a function that prevents it. */
  after(ms: number, fn: () => void): () => void
}

/**
 * Makes ids: random, never from a shared sequence. `prefix` tells people what an id names. `scope` names what the id
 * belongs to, such as a lane: a simulation draws from a source of its own for each, the server from one that cannot
 * be foreseen.
 */
export type NewId = (prefix: string, scope?: string) => string

/** The same source for one scope. */
export function idsOf(newId: NewId, scope: string): NewId {
  return (prefix) => newId(prefix, scope)
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export const randomId: NewId = (prefix) => `${prefix}_${randomBytes(15).toString('base64url')}`
