import { cleanName } from '../parts/names.ts'

/** A name that somebody has begun to write. */
export interface Typed {
  /** Where its `@` stands. */
  from: number
  /** What stands between that and the caret. */
  query: string
}

/** Longer than names that anybody writes out. */
const LONGEST = 64
/** More than anybody looks through. */
const MOST_OFFERED = 6

/** The mention that is being written at the caret; an `@` of an address, in a word or in code begins none. */
export function typedAt(text: string, caret: number): Typed | null {
  const before = text.slice(0, caret)
  const from = before.lastIndexOf('@')
  if (from < 0 || /[\p{L}\p{M}\p{N}_.@/+-]$/u.test(before.slice(0, from))) return null
  const query = before.slice(from + 1)
  if (query.length > LONGEST || /^\s|\n/.test(query)) return null
  const open = (before.slice(0, from).match(/`/g)?.length ?? 0) % 2 === 1
  return open ? null : { from, query }
}

/** Without what is seldom typed: case and accents. */
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Whose name, or a later word of it, begins like that. Nobody once a name is written out, with a space behind it. */
export function offeredFor<P extends { name: string }>(people: readonly P[], query: string): P[] {
  const wanted = plain(query)
  const names = people.map((person) => ({ person, name: plain(cleanName(person.name)) }))
  if (names.some(({ name }) => wanted === `${name} `)) return []
  const begins = names.filter(({ name }) => name.startsWith(wanted))
  const later = names.filter((each) => !begins.includes(each) && each.name.includes(` ${wanted}`))
  return [...begins, ...later].slice(0, MOST_OFFERED).map(({ person }) => person)
}
