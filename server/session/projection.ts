import type { SessionEvent } from '@colloquy/shared/events'
import {
  type Bodies,
  laneContent,
  messageContent,
  metadataContent,
  partsContent,
  queueContent,
  turnContent,
} from './lane-content.ts'
import type { LaneDoc } from './lane-doc.ts'
import type { Entry, Lane, State } from './state.ts'

/**
 * Writes into a lane doc what an event changed in its lane; the only writer of lane docs beside streamed
 * text. Call it inside `LaneDoc.write`.
 * @param before the state without the event
 * @param after the state with it
 */
export function project(
  doc: LaneDoc,
  laneId: string,
  event: SessionEvent,
  before: State,
  after: State,
  bodies: Bodies,
): void {
  const lane = after.lanes[laneId]
  if (!lane) return
  switch (event.type) {
    case 'lane.opened':
      render(doc, laneId, after, bodies)
      return
    case 'prompt.accepted':
    case 'prompt.edited':
    case 'prompt.moved':
    case 'prompt.withdrawn':
    case 'turn.narrowed':
      projectQueue(doc, laneId, before, after, bodies)
      return
    case 'turn.claimed':
      projectQueue(doc, laneId, before, after, bodies)
      for (const entry of lane.entries.slice(-2)) doc.addMessage(messageContent(entry, bodies))
      projectTurn(doc, lane, after)
      return
    case 'entry.shared':
      for (const entry of lane.entries.slice(-1)) doc.addMessage(messageContent(entry, bodies))
      return
    case 'step.started':
      // A later attempt replaces what the one before it had streamed.
      projectTurn(doc, lane, after)
      if (event.attempt > 1) projectParts(doc, answer(lane, event.turnId), bodies)
      projectWaiting(doc, before, lane, event.turnId)
      return
    case 'step.failed':
      projectTurn(doc, lane, after)
      projectParts(doc, answer(lane, event.turnId), bodies)
      projectWaiting(doc, before, lane, event.turnId)
      return
    case 'turn.parked':
    case 'turn.resumed':
      projectQueue(doc, laneId, before, after, bodies)
      projectTurn(doc, lane, after)
      projectWaiting(doc, before, lane, event.turnId)
      return
    case 'step.committed':
      projectTurn(doc, lane, after)
      projectParts(doc, answer(lane, event.turnId), bodies)
      return
    case 'tool.intent':
    case 'tool.approval':
    case 'tool.dispatched':
    case 'tool.settled':
      projectParts(doc, answer(lane, event.turnId), bodies)
      return
    case 'turn.ended':
      projectTurn(doc, lane, after)
      projectParts(doc, answer(lane, event.turnId), bodies)
      projectMetadata(doc, answer(lane, event.turnId))
      return
    case 'session.renamed':
      doc.setTitle(event.title)
      return
    case 'member.changed':
      doc.setMember(event.userId, event.role === null ? null : { name: event.name, role: event.role })
      return
    default:
      return
  }
}

/** Writes the whole content of a lane into an empty doc: the start of an incarnation. */
export function render(doc: LaneDoc, laneId: string, state: State, bodies: Bodies): void {
  const content = laneContent(state, laneId, bodies)
  if (!content) return
  doc.setMeta(content.meta)
  for (const message of content.messages) doc.addMessage(message)
  for (const [promptId, entry] of Object.entries(content.queue)) doc.setQueued(promptId, entry)
  doc.setTurn(content.turn)
  for (const [userId, member] of Object.entries(content.members)) doc.setMember(userId, member)
}

/** Only what changed: the fold keeps untouched prompts identical. */
function projectQueue(doc: LaneDoc, laneId: string, before: State, after: State, bodies: Bodies): void {
  for (const prompt of Object.values(before.prompts)) {
    if (prompt.laneId === laneId && !after.prompts[prompt.promptId]) doc.setQueued(prompt.promptId, null)
  }
  for (const prompt of Object.values(after.prompts)) {
    if (prompt.laneId !== laneId || prompt === before.prompts[prompt.promptId]) continue
    doc.setQueued(prompt.promptId, queueContent(prompt, bodies))
  }
}

function projectTurn(doc: LaneDoc, lane: Lane, state: State): void {
  const turn = lane.running === null ? undefined : state.turns[lane.running]
  doc.setTurn(turn ? turnContent(turn) : null)
}

function projectParts(doc: LaneDoc, entry: Entry | undefined, bodies: Bodies): void {
  if (entry) doc.setParts(entry.id, partsContent(entry, bodies))
}

/** Metadata is one value, sent whole: it is written again only when the answer began or ceased to wait. */
function projectWaiting(doc: LaneDoc, before: State, lane: Lane, turnId: string): void {
  const entry = answer(lane, turnId)
  const was = before.lanes[lane.laneId]
  if (entry?.waiting !== (was && answer(was, turnId)?.waiting)) projectMetadata(doc, entry)
}

function projectMetadata(doc: LaneDoc, entry: Entry | undefined): void {
  if (entry) doc.setMetadata(entry.id, metadataContent(entry))
}

function answer(lane: Lane, turnId: string): Entry | undefined {
  return lane.entries.findLast((entry) => entry.turnId === turnId && entry.role === 'assistant')
}
