import { createHash } from 'node:crypto'

/**
 * JSON with the keys of every object in one order: equal values have equal texts. What JSON cannot say is left out or
 * null, as `JSON.stringify` does. Half a surrogate pair becomes U+FFFD, and a key `__proto__` is left out: readers of a
 * doc would see other words than those that are sent.
 */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) => (isRecord(inner) ? sorted(shown(inner)) : shown(inner))) ??
    'null'
  )
}

/** A value as every reader of a doc will see it, in the order that it has. */
export function shownJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => shown(inner)) ?? 'null'
}

function shown<T>(value: T): T {
  if (typeof value === 'string') return value.toWellFormed() as T
  if (!isRecord(value)) return value
  const entries = Object.entries(value).filter(([key]) => key !== '__proto__')
  return Object.fromEntries(entries.map(([key, inner]) => [key.toWellFormed(), inner])) as T
}

/** Levels of a value that goes through the journal and the docs: comparing deeper ones runs out of stack. */
const MOST_LEVELS = 64

/** True when the value is nested deeper than anybody means. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_LEVELS) return true
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
  }
  return false
}

/** The idempotency key of a call: the same on every attempt, and of no other call (DESIGN §7). */
export function callKey(turnId: string, step: number, index: number, tool: string, args: string): string {
  return createHash('sha256')
    .update(JSON.stringify([turnId, step, index, tool, args]))
    .digest('base64url')
}

/** A map's entries, because a key named `__proto__` is lost when it is set on an object. */
function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
