/** `length` UTF-16 units at `at` give way to `insert`. */
export interface Splice {
  at: number
  length: number
  insert: string
}

/** The one place in which `after` differs from `before`; null where it does not. Splits no surrogate pair. */
export function difference(before: string, after: string): Splice | null {
  if (before === after) return null
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start++
  if (splits(before, start) || splits(after, start)) start--
  let end = 0
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  if (splits(before, before.length - end) || splits(after, after.length - end)) end--
  return { at: start, length: before.length - start - end, insert: after.slice(start, after.length - end) }
}

/**
 * What makes of `theirs`, which came from `base`, a text that also holds `edits`. They count from `base`, in its
 * order; the answer applies one after the other. What both have deleted is gone once, what theirs has put in the
 * place of an edit stays, with the insertion behind it.
 */
export function rebase(base: string, edits: readonly Splice[], theirs: string): Splice[] {
  const other = difference(base, theirs)
  // From the back, so that none moves the place of the next.
  const backwards = [...edits].reverse()
  return other ? backwards.flatMap((edit) => rebaseOne(edit, other)) : backwards
}

function rebaseOne(edit: Splice, other: Splice): Splice[] {
  const end = edit.at + edit.length
  const otherEnd = other.at + other.length
  const shift = other.insert.length - other.length
  if (end < other.at || (end === other.at && edit.length > 0)) return [edit]
  if (edit.at >= otherEnd) return [{ ...edit, at: edit.at + shift }]
  return [
    { at: otherEnd + shift, length: Math.max(0, end - otherEnd), insert: edit.insert },
    { at: edit.at, length: Math.max(0, other.at - edit.at), insert: '' },
  ].filter(({ length, insert }) => length > 0 || insert !== '')
}

export function applySplices(text: string, splices: readonly Splice[]): string {
  return splices.reduce(
    (result, { at, length, insert }) => result.slice(0, at) + insert + result.slice(at + length),
    text,
  )
}

/** True when `index` lies between the halves of one character. */
function splits(text: string, index: number): boolean {
  const before = text.charCodeAt(index - 1)
  const after = text.charCodeAt(index)
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff
}
