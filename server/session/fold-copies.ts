import type { SessionEventOf } from '@colloquy/shared/events'
import type { Copy, State } from './state.ts'
import { active, chosen, marksWith, withEntries, withLane } from './state-changes.ts'

// Messages that hold the text of another, what is made from messages, and what becomes of both when one is taken back.

export function entryShared(state: State, event: SessionEventOf<'entry.shared'>, position: number): State {
  const lane = state.lanes[event.laneId]
  if (!lane) return state
  const { messageId, laneId } = event
  const next = withLane(active(state, laneId, event.at), {
    ...chosen(lane, event.by.id),
    seq: event.seq,
    marks: marksWith(lane, event.seq, position),
  })
  return withEntries(copied(next, event.sourceId, { messageId, laneId, shared: true }), event)
}

export function entryRetracted(state: State, event: SessionEventOf<'entry.retracted'>): State {
  const retracted = { ...state.retracted, [event.messageId]: event.at }
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
  return withLane(state, { ...lane, summaries: [...others, summary] })
}

/** Notes that a message is a copy of another. */
export function copied(state: State, sourceId: string, copy: Copy): State {
  const copies = [...(state.copies[sourceId] ?? []), copy]
  return { ...state, copies: { ...state.copies, [sourceId]: copies } }
}

/** Ids of all messages that have the text of this one: itself, its copies, and where it is a question, its other places. */
export function sameWords({ copies }: Pick<State, 'copies'>, messageId: string): string[] {
  const withCopies = (id: string): string[] => [
    id,
    ...(copies[id] ?? []).flatMap((copy) => withCopies(copy.messageId)),
  ]
  return withCopies(firstPlace(copies, messageId))
}

function firstPlace(copies: State['copies'], messageId: string): string {
  const source = Object.keys(copies).find((id) =>
    copies[id]?.some((copy) => copy.messageId === messageId && !copy.shared),
  )
  return source === undefined ? messageId : firstPlace(copies, source)
}
