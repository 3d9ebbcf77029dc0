/**
 * What only grows, by id, as plain JSON that is never changed in place: parts of falling size, of which the newest that
 * has an id says what it has. One more merges the parts that are no larger, so that each is copied a few times in all,
 * however many there are: copying one record for each is what makes folding a long session quadratic.
 */
export type Grown<V> = readonly Part<V>[]

interface Part<V> {
  size: number
  values: Readonly<Record<string, V>>
}

export function grownWith<V>(grown: Grown<V>, id: string, value: V): Grown<V> {
  const parts = [...grown]
  let newest: Part<V> = { size: 1, values: { [id]: value } }
  for (let last = parts.at(-1); last && last.size <= newest.size; last = parts.at(-1)) {
    parts.pop()
    newest = { size: last.size + newest.size, values: { ...last.values, ...newest.values } }
  }
  return [...parts, newest]
}

export function grownAt<V>(grown: Grown<V>, id: string): V | undefined {
  return grown.findLast(({ values }) => Object.hasOwn(values, id))?.values[id]
}

/** All of them, in no order that means anything. */
export function grownEntries<V>(grown: Grown<V>): [string, V][] {
  return [...new Map(grown.flatMap(({ values }) => Object.entries(values)))]
}
