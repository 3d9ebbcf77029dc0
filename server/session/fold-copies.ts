import type { SessionEventOf } from '@colloquy/shared/events'
import { grownAt, grownEntries, grownWith } from './grown.ts'
import { type Copy, OPEN_KEPT, type State } from './state.ts'
import { active, chosen, marksWith, withEntries, withLane, withoutOld } from './state-changes.ts'

// Messages that hold the text of another, what is made from messages, and what becomes of both when one is taken back.

export function entryShared(state: State, event: SessionEventOf<'entry.shared'>, position: number): State {
  const lane = state.lanes[event.laneId]
  if (!lane) return state
  const { messageId, laneId, fromLaneId, sourceId: of } = event
  const placed = withLane(active(state, laneId, event.at), {
    ...chosen(lane, event.by.id),
    seq: event.seq,
    marks: marksWith(lane, event.seq, position),
  })
  // What a fork began with has its sources in another session: nothing here takes it back.
  const noted = fromLaneId === undefined ? placed : copied(placed, messageId, { of, shared: true })
  const next = withEntries(noted, event)
  const said = next.lanes[laneId]
  // A fork is thousands of these, and each copies what the lane holds.
  return said && said.entries.length >= 2 * OPEN_KEPT ? withLane(next, withoutOld(said)) : next
}

export function entryRetracted(state: State, event: SessionEventOf<'entry.retracted'>): State {
  const retracted = grownWith(state.retracted, event.messageId, event.at)
  const next = withEntries({ ...state, retracted }, event)
  const lane = next.lanes[event.laneId]
  const summaries = lane?.summaries.filter(({ sources }) => !sources.includes(event.messageId))
  if (!lane || !summaries || summaries.length === lane.summaries.length) return next
  return withLane(next, { ...lane, summaries })
}

export function viewCompacted(state: State, event: SessionEventOf<'view.compacted'>): State {
  const lane = state.lanes[event.laneId]
  if (!lane) return state
  const { fromSeq, throughSeq, sources, by, cell, length } = event
  const summary = { fromSeq, throughSeq, sources, by, cell, length }
  // One that covers earlier ones stands in their place.
  const others = lane.summaries.filter((each) => each.fromSeq < fromSeq || each.throughSeq > throughSeq)
  return withLane(state, withoutOld({ ...lane, summaries: [...others, summary] }))
}

/** Notes that a message is a copy of another. */
export function copied(state: State, messageId: string, copy: Copy): State {
  return { ...state, copies: grownWith(state.copies, messageId, copy) }
}

/** When a message was taken back; undefined: it was not. */
export function retractedAt({ retracted }: Pick<State, 'retracted'>, messageId: string): number | undefined {
  return grownAt(retracted, messageId)
}

/** Ids of all messages that have their text from this one: itself, its copies, and where it is a question, what asks on. */
export function sameWords(state: Pick<State, 'copies'>, messageId: string): string[] {
  const copiesOf = new Map<string, string[]>()
  for (const [id, { of }] of grownEntries(state.copies)) {
    const others = copiesOf.get(of)
    if (others) others.push(id)
    else copiesOf.set(of, [id])
  }
  const all = [messageId]
  // It grows while it is walked: a copy may be of a copy, as often as somebody shared one.
  for (const id of all) for (const copy of copiesOf.get(id) ?? []) all.push(copy)
  return all
}

/** Of the question of a turn that went on in narrower lanes, the message that asked it first. */
export function firstPlace({ copies }: Pick<State, 'copies'>, messageId: string): string {
  let first = messageId
  for (let copy = grownAt(copies, first); copy && !copy.shared; copy = grownAt(copies, first)) first = copy.of
  return first
}
