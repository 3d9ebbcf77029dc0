/** `select` that answers the same source with the same value. */
export function selector<S, T>(select: (source: S) => T): (source: S) => T {
  let last: { source: S; value: T } | null = null
  return (source) => {
    if (last === null || !Object.is(last.source, source)) last = { source, value: select(source) }
    return last.value
  }
}

/** `next`, or `before` where both hold the same. */
export function keepShallow<T>(before: T | undefined, next: T): T {
  return before !== undefined && sameShallow(before, next) ? before : next
}

function sameShallow(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  // Of other objects (a Map, a Date) the own properties do not tell what they hold.
  if (!Array.isArray(a) && Object.getPrototypeOf(a) !== Object.prototype) return false
  const entries = Object.entries(a)
  const other = new Map(Object.entries(b))
  return (
    entries.length === other.size &&
    entries.every(([key, value]) => other.has(key) && Object.is(value, other.get(key)))
  )
}
