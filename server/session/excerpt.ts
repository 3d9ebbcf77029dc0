import { folded } from '@colloquy/shared/search-words'
import { isHighSurrogate } from './lane-content.ts'

/** Characters (UTF-16 units) of an excerpt. */
const LENGTH = 200
/** … of which so many may stand before what was found. */
const BEFORE = 60
/** Units of text that are folded at a time to find a place in it. */
const BLOCK = 4096

export interface Excerpt {
  excerpt: string
  /** Where the words stand in it: from (inclusive), to (exclusive), in order, apart from each other. */
  marks: [from: number, to: number][]
}

/** What stands around the first place where a text has one of these folded words; it has one of them at least. */
export function excerptOf(text: string, words: readonly string[]): Excerpt {
  const at = firstPlace(text, words)
  const from = beginning(text, at)
  const piece = text.slice(from, from + 4 * LENGTH).replace(/[\s\p{Cc}]+/gu, ' ')
  const head = from > 0 ? '…' : ''
  const isWhole = from + 4 * LENGTH >= text.length && head.length + piece.length <= LENGTH
  const cut = isWhole ? piece : piece.slice(0, whole(piece, LENGTH - head.length - 1))
  const marks = places(piece, words).flatMap(([start, end]): [number, number][] =>
    start < cut.length ? [[start + head.length, Math.min(end, cut.length) + head.length]] : [],
  )
  return { excerpt: `${head}${cut}${isWhole ? '' : '…'}`, marks }
}

/** Index of the first character of `text` that belongs to one of the words. */
function firstPlace(text: string, words: readonly string[]): number {
  const all = folded(text)
  // Folding may make a text longer or shorter: what was found there is looked for here, block by block.
  const found = words.map((word) => all.indexOf(word)).filter((index) => index >= 0)
  let left = Math.min(...found)
  let at = 0
  for (;;) {
    const end = whole(text, at + BLOCK)
    const length = folded(text.slice(at, end)).length
    if (left < length || end >= text.length) break
    left -= length
    at = end
  }
  for (const char of text.slice(at, at + BLOCK + 1)) {
    left -= folded(char).length
    if (left < 0) return at
    at += char.length
  }
  return at
}

/** Where the excerpt begins: not far before `at`, and at the beginning of a word where one is. */
function beginning(text: string, at: number): number {
  if (at <= BEFORE) return 0
  const from = whole(text, at - BEFORE)
  const space = text.slice(from, at).search(/\s/)
  return space < 0 ? from : from + space + 1
}

/** `end`, or one less where that would cut a character. */
function whole(text: string, end: number): number {
  return end < text.length && isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end
}

/** Every place of every word in a short text; places that touch are one. */
function places(text: string, words: readonly string[]): [number, number][] {
  // Of each unit of the folded text, the character that it came from.
  const chars: { start: number; end: number }[] = []
  let all = ''
  let at = 0
  for (const char of text) {
    const letters = folded(char)
    for (let n = 0; n < letters.length; n++) chars.push({ start: at, end: at + char.length })
    all += letters
    at += char.length
  }
  const found = words.flatMap((word) => {
    const each: [number, number][] = []
    for (let i = all.indexOf(word); i >= 0; i = all.indexOf(word, i + word.length))
      each.push([chars[i]?.start ?? 0, chars[i + word.length - 1]?.end ?? text.length])
    return each
  })
  return joined(found.sort((a, b) => a[0] - b[0]))
}

function joined(sorted: readonly [number, number][]): [number, number][] {
  const all: [number, number][] = []
  for (const [start, end] of sorted) {
    const last = all.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else all.push([start, end])
  }
  return all
}
