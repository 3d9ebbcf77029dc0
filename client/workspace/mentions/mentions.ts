import { cleanName } from '../parts/names.ts'

/** Finds `@Name` of these people: the longest name that stands there. Null: there is nobody. */
export type Finder = RegExp

/** As it is compared: names are no identity, and people write them in small letters. */
const folded = (name: string) => name.normalize('NFC').toLowerCase()
const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** What stands before the `@` of an address, of a path or in the middle of a word. */
const NOT_AFTER = String.raw`(?<![\p{L}\p{M}\p{N}_.@/+-])`
/** The name goes on, or it is a host. */
const NOT_BEFORE = String.raw`(?![\p{L}\p{M}\p{N}_]|[.@/-][\p{L}\p{N}])`

export function finderOf(names: readonly string[]): Finder | null {
  const known = [...new Set(names.map((name) => cleanName(name)))]
  if (known.length === 0) return null
  const longestFirst = known.sort((a, b) => b.length - a.length).map(escaped)
  return new RegExp(`${NOT_AFTER}@(?:${longestFirst.join('|')})${NOT_BEFORE}`, 'giu')
}

/** A text in pieces: every other one, from the second on, is a mention. */
export function piecesOf(text: string, finder: Finder): string[] {
  const pieces: string[] = []
  let from = 0
  for (const { 0: found, index } of text.matchAll(finder)) {
    pieces.push(text.slice(from, index), found)
    from = index + found.length
  }
  return [...pieces, text.slice(from)]
}

/** Whether `@Name` is that name. */
export function isOf(mention: string, name: string): boolean {
  return folded(mention.slice(1)) === folded(cleanName(name))
}
