/** A stretch of a text. Where it ends depends on the characters before its end alone. */
export interface Piece<T> {
  /** The text that it is of. */
  of: T
  at: number
  text: string
}

/** Characters of a piece, at most; on average it has 256. */
const LONGEST = 2_048
/** Characters that decide whether a piece ends: as many as shifts empty a number of 32 bits. */
const MIX = Int32Array.from({ length: 256 }, (_, i) => mixed(i))

/**
 * Cuts a text where its characters say so. Pasted words are cut alike whatever stands around them, so that two texts
 * share whole pieces wherever they share more than a few hundred characters.
 */
export function piecesOf<T>(of: T, text: string): Piece<T>[] {
  const pieces: Piece<T>[] = []
  let start = 0
  let rolling = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    rolling = ((rolling << 1) + (MIX[(unit ^ (unit >> 8)) & 255] ?? 0)) | 0
    if (rolling >>> 24 !== 0 && at + 1 - start < LONGEST) continue
    pieces.push({ of, at: start, text: text.slice(start, at + 1) })
    start = at + 1
  }
  if (start < text.length) pieces.push({ of, at: start, text: text.slice(start) })
  return pieces
}

function mixed(seed: number): number {
  let value = Math.imul(seed + 0x9e3779b9, 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return value ^ (value >>> 16)
}
