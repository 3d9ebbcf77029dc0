// How texts and queries are compared: without case, accents and what nobody sees.

/** Accents, and the points of Hebrew and Arabic; marks that make another letter of theirs, as in Japanese, stay. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05bd\u064b-\u0652]/gu
const UNSEEN = /[\p{Default_Ignorable_Code_Point}]/gu
const ASCII = /^[\0-\x7f]*$/

/** The same for texts that differ in case, accents or spelling by compatibility (`ﬁ`, `Ａ`) alone. */
export function folded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  const letters = text.normalize('NFKD').replace(ACCENTS, '').replace(UNSEEN, '')
  // By way of upper case `ß` is `ss`; the end of a Greek word has a letter of its own.
  return letters.toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

/** The words of a query, folded, each once; control characters divide words as white space does. */
export function wordsOf(query: string): string[] {
  return [...new Set(folded(query).split(/[\s\p{Cc}]+/u))].filter((word) => word !== '')
}

/** True for a text, folded, that has all of the words. */
export function hasAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word))
}
