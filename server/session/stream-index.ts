import type { Append } from '../journal/journal.ts'
import type { State } from './state.ts'

// What the journal's index over streams tells of sessions: who is in, and where work is open.

/** What the index over sessions must hear: who is in, whether work is open, title and activity. */
export function indexChange(before: State, after: State): Pick<Append, 'labels' | 'summary'> {
  const labels: Record<string, boolean> = {}
  for (const id of Object.keys(before.members)) if (!after.members[id]) labels[memberLabel(id)] = false
  for (const id of Object.keys(after.members)) if (!before.members[id]) labels[memberLabel(id)] = true
  if (isBusy(before) !== isBusy(after)) labels[BUSY] = isBusy(after)
  const { title, createdAt, activeAt } = after
  const same = title === before.title && activeAt === before.activeAt
  return { labels, ...(same ? {} : { summary: { title, createdAt, activeAt } }) }
}

/** Label of streams with prompts that wait or turns that run: a starting server goes on with these. */
export const BUSY = 'busy'
export const memberLabel = (userId: string) => `member:${userId}`

export function isBusy(state: State): boolean {
  return Object.keys(state.prompts).length > 0 || Object.keys(state.turns).length > 0
}
