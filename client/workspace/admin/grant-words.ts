import { EVERYONE, groupNamed } from '@colloquy/shared/audience'
import { listOf, pickedName } from '../audience/reader-words.ts'

/** Whom a grant names: everyone, or userIds and `group:<id>`. */
export type Grantees = 'everyone' | readonly string[]

/** Names that a line has room for. */
const MOST = 4

/** Groups first, as they were picked otherwise. */
export function granteesWords(grantees: Grantees, nameOf: (userId: string) => string): string {
  if (grantees === EVERYONE) return 'Everyone'
  if (grantees.length === 0) return 'Nobody'
  const sorted = grantees.toSorted(
    (a, b) => Number(groupNamed(b) !== undefined) - Number(groupNamed(a) !== undefined),
  )
  const names = sorted.map((id) => pickedName(id, groupNamed(id) ?? nameOf(id)))
  const shown = names.length > MOST ? names.slice(0, MOST - 1) : names
  const rest = names.length - shown.length
  const words = listOf([...shown, ...(rest > 0 ? [`${rest} more`] : [])])
  // A name keeps its own letters.
  return groupNamed(sorted[0] ?? '') === undefined ? words : words.replace(/^g/, 'G')
}

/** With it, or without it where it was there. */
export function toggledId(ids: readonly string[], id: string): string[] {
  return ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id]
}
