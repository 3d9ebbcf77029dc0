/** Below this distance two ranks are too near to put another between them. */
const NEAR = 1e-6

/**
 * Ranks for `order`, so that sorting by rank gives it, changing as few ranks as it can: each changed rank is
 * a queue entry written again.
 * @param order ids in the order wanted
 * @param old their ranks so far; a new id has none
 * @returns the ranks that differ from `old`
 */
export function rerank(
  order: readonly string[],
  old: (id: string) => number | undefined,
): Map<string, number> {
  const ranks = order.map(old)
  const kept = longestIncreasing(ranks)
  const changed = fill(order, ranks, kept)
  if (changed) return changed
  return new Map(order.map((id, index) => [id, index + 1]))
}

/** Gives the ids that are not kept ranks between their kept neighbours; null when there is no room. */
function fill(
  order: readonly string[],
  ranks: readonly (number | undefined)[],
  kept: ReadonlySet<number>,
): Map<string, number> | null {
  const changed = new Map<string, number>()
  let before = 0
  for (let i = 0; i < order.length; ) {
    if (kept.has(i)) {
      before = ranks[i] ?? before
      i++
      continue
    }
    let end = i
    while (end < order.length && !kept.has(end)) end++
    const room = end < order.length ? ((ranks[end] ?? before) - before) / (end - i + 1) : 1
    if (room < NEAR) return null
    for (; i < end; i++) {
      before += room
      changed.set(order[i] ?? '', before)
    }
  }
  return changed
}

/** Indices of a longest strictly increasing run (not necessarily adjacent) of the defined values. */
function longestIncreasing(values: readonly (number | undefined)[]): Set<number> {
  const tails: number[] = []
  const previous: number[] = []
  values.forEach((value, i) => {
    if (value === undefined) return
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      const at = tails[middle]
      if (at !== undefined && (values[at] ?? Infinity) < value) low = middle + 1
      else high = middle
    }
    previous[i] = low > 0 ? (tails[low - 1] ?? -1) : -1
    tails[low] = i
  })
  const result = new Set<number>()
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i] ?? -1) result.add(i)
  return result
}
