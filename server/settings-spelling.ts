/** What to say of a name that is none: the one that was probably meant, or all there are. */
export function unknown(shown: string, name: string, known: readonly string[]): string {
  const [best] = known
    .map((one) => ({ one, distance: distance(name, one) }))
    .sort((a, b) => a.distance - b.distance)
  const near = best && best.distance <= Math.max(2, name.length / 4)
  return near
    ? `${shown} is unknown: did you mean ${best.one}?`
    : `${shown} is unknown; known: ${known.join(', ')}`
}

/** Levenshtein distance without regard to case. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, char] of [...from.toLowerCase()].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...to.toLowerCase()].entries()) {
      const swap = (row[j] ?? 0) + (char === other ? 0 : 1)
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
