/** How well a text answers a query, and where in it. */
export interface Score {
  score: number
  /** Of the first word that was found in the text; 0 where only the title has any. */
  at: number
}

/** Words of a query that are looked for. */
const MOST_TERMS = 8
/** Times a word counts in one text. */
const COUNTED = 10
/** Places of a word that are looked at: most of them may be inside of other words. */
const LOOKED_AT = 1_000
const SNIPPET = 300
/** Of a snippet, what stands before the word that was found. */
const BEFORE = 80

const FOUND = 100
const IN_TITLE = 20
const WORD = /[\p{L}\p{M}\p{N}]+/gu
/** Scripts that are written without spaces: there a word begins anywhere. */
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u

/** The different words of a query. */
export function termsOf(query: string): string[] {
  return [...new Set(query.toLowerCase().match(WORD))].slice(0, MOST_TERMS)
}

/**
 * From this title, this text and the words alone: what other texts there are changes neither a score nor, so, the order
 * of two. Null: none of the words is in it.
 */
export function scoreOf(title: string, text: string, terms: readonly string[]): Score | null {
  let score = 0
  let at = Number.POSITIVE_INFINITY
  for (const term of terms) {
    const inTitle = findWord(title, term).count > 0
    const inText = findWord(text, term)
    if (!inTitle && inText.count === 0) continue
    score += FOUND + (inTitle ? IN_TITLE : 0) + inText.count
    at = Math.min(at, inText.first)
  }
  return score === 0 ? null : { score, at: Number.isFinite(at) ? at : 0 }
}

/** A piece of a text in one line, around a place. */
export function snippetOf(text: string, at: number): string {
  const from = Math.max(0, at - BEFORE)
  const piece = text.slice(from, from + SNIPPET)
  // Not from or to the middle of a pair.
  const whole = piece.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '')
  const line = whole.replace(/[\p{Cc}\p{Z}]+/gu, ' ').trim()
  return `${from > 0 ? '… ' : ''}${line}${from + SNIPPET < text.length ? ' …' : ''}`
}

/** Where words that begin with `term` stand, in any case of letters. */
function findWord(text: string, term: string): { count: number; first: number } {
  const anywhere = UNSPACED.test(term)
  const places = new RegExp(term, 'giu')
  let count = 0
  let first = Number.POSITIVE_INFINITY
  for (let looked = 0; looked < LOOKED_AT && count < COUNTED; looked++) {
    const at = places.exec(text)?.index
    if (at === undefined) break
    if (!anywhere && /[\p{L}\p{M}\p{N}]$/u.test(text.slice(Math.max(0, at - 2), at))) continue
    first = Math.min(first, at)
    count++
  }
  return { count, first }
}
