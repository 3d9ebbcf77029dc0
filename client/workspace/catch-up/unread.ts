import type { Message, ShownLane } from '@colloquy/client'
import type { Seen } from './seen.ts'

/** More than anybody counts. */
const MOST_COUNTED = 100

/** What had been seen when a session was opened, and what there was. */
export interface Opening {
  seen: Seen
  /** Of each lane, once it is in sync, the `seq` of its newest message then. */
  there: Seen
}

/** Where what is unread begins, and how much that is. */
export interface Unread {
  first: Message
  count: number
}

/**
 * With the lanes that have come into sync since. A lane that is not among those that were `listed` at the beginning
 * has come later: nobody was away from it.
 */
export function openedLanes(
  opening: Opening,
  listed: ReadonlySet<string>,
  lanes: readonly ShownLane[],
): Opening {
  const found = lanes.filter(({ laneId, live }) => live && listed.has(laneId) && !(laneId in opening.there))
  if (found.length === 0) return opening
  const there = Object.fromEntries(found.map(({ laneId, lastSeq }) => [laneId, lastSeq]))
  return { ...opening, there: { ...opening.there, ...there } }
}

/** What somebody missed: others' questions, and answers, that were there at the opening and not seen before. */
export function unreadAt(
  { seen, there }: Opening,
  messages: readonly Message[],
  myId: string,
): Unread | null {
  const missed = messages.filter(({ laneId, role, metadata }) => {
    const isNew = metadata.seq > (seen[laneId] ?? 0) && metadata.seq <= (there[laneId] ?? 0)
    return isNew && !isOwn(role, metadata, myId)
  })
  return missed[0] ? { first: missed[0], count: missed.length } : null
}

/** How many messages of others there are behind what was seen. */
export function newBehind(seen: Seen | null, messages: readonly Message[], myId: string): number {
  let count = 0
  for (let i = messages.length - 1; i >= 0 && count < MOST_COUNTED; i--) {
    const message = messages[i]
    if (!message || message.metadata.seq <= (seen?.[message.laneId] ?? 0)) break
    if (!isOwn(message.role, message.metadata, myId)) count++
  }
  return count
}

/** The highest `seq` of each lane among these. */
export function seenAmong(messages: readonly Message[]): Seen {
  const seen: Record<string, number> = {}
  for (const { laneId, metadata } of messages) seen[laneId] = Math.max(metadata.seq, seen[laneId] ?? 0)
  return seen
}

/** As far as it is known here; a session that was never opened in this browser has nothing unread. */
export function unreadCount(
  seen: Seen | null,
  lanes: readonly Pick<ShownLane, 'laneId' | 'lastSeq'>[],
): number {
  if (!seen) return 0
  return lanes.reduce((sum, { laneId, lastSeq }) => sum + Math.max(0, lastSeq - (seen[laneId] ?? 0)), 0)
}

/** What one has asked; the answer to it is news. */
function isOwn(role: Message['role'], { author, shared }: Message['metadata'], myId: string): boolean {
  return shared ? shared.by.id === myId : role === 'user' && author.id === myId
}
