import { type Readers, type Role, receives } from '@colloquy/shared'
import type { SessionListAnswer } from '@colloquy/shared/answers'
import type { Append } from '../journal/journal.ts'
import type { Lane, State } from './state.ts'

// What the journal's index over streams tells of sessions, so that none is loaded to be listed: who is in, where work is
// open, and what each person may be told of it.

/** What is kept of a session. It tells of every lane, and is shown to nobody but through `listed`. */
interface Summary {
  title: string
  createdAt: number
  activeAt: number
  /** Of members, by userId; a session in which nothing has happened since an older server has neither. */
  roles?: Readonly<Record<string, Role>>
  lanes?: readonly (Readers & { laneId: string; lastSeq: number })[]
}
type Listed = Omit<SessionListAnswer['sessions'][number], 'here'>

/** What the index over sessions must hear: who is in, whether work is open, and the summary where it has changed. */
export function indexChange(before: State, after: State): Pick<Append, 'labels' | 'summary'> {
  const labels: Record<string, boolean> = {}
  for (const id of Object.keys(before.members)) if (!after.members[id]) labels[memberLabel(id)] = false
  for (const id of Object.keys(after.members)) if (!before.members[id]) labels[memberLabel(id)] = true
  if (isBusy(before) !== isBusy(after)) labels[BUSY] = isBusy(after)
  return { labels, ...(saysTheSame(before, after) ? {} : { summary: summaryOf(after) }) }
}

/** A session as a member may be told of it, who is in these groups now: of lanes only those that they read. */
export function listed(stream: string, summary: unknown, userId: string, groups: readonly string[]): Listed {
  const { title, createdAt, activeAt, roles = {}, lanes = [] } = summary as Summary
  const role = Object.hasOwn(roles, userId) ? roles[userId] : undefined
  const read = lanes.filter((lane) => receives(lane, userId, groups))
  return {
    ...{ id: stream, title, createdAt, activeAt },
    ...(role ? { role } : {}),
    lanes: read.map(({ laneId, lastSeq }) => ({ laneId, lastSeq })),
  }
}

/** Label of streams with prompts that wait or turns that run: a starting server goes on with these. */
export const BUSY = 'busy'
export const memberLabel = (userId: string) => `member:${userId}`

export function isBusy(state: State): boolean {
  return Object.keys(state.prompts).length > 0 || Object.keys(state.turns).length > 0
}

function summaryOf({ title, createdAt, activeAt, members, lanes }: State): Summary {
  return {
    ...{ title, createdAt, activeAt },
    roles: Object.fromEntries(Object.entries(members).map(([userId, { role }]) => [userId, role])),
    lanes: Object.values(lanes).map(laneSummary),
  }
}

function laneSummary({ laneId, audience, through, seq: lastSeq }: Lane) {
  return { laneId, audience, ...(through ? { through } : {}), lastSeq }
}

/** Asked after every commit, also of those that change nothing of it. */
function saysTheSame(before: State, after: State): boolean {
  return (
    after.title === before.title &&
    after.activeAt === before.activeAt &&
    after.members === before.members &&
    Object.values(after.lanes).every(({ laneId, seq }) => before.lanes[laneId]?.seq === seq)
  )
}
