import {
  type Audience,
  type CallOutcome,
  type CallReason,
  flows,
  may,
  names,
  type PersonRef,
  type Readers,
  readersOf,
} from '@colloquy/shared'
import type { Rights } from '../access/rights.ts'
import type { Tool } from '../tools/tool.ts'
import { CALL_WORDS } from './call-words.ts'
import { readsLane } from './lane-access.ts'
import type { Lane, State } from './state.ts'

// Whether a call may be made: asked when the model wants it, and again each time before it is sent. Always with the
// rights of the turn's author, and for the readers of its lane.

/** A call's turn, as far as its rights depend on it. */
export interface CallPlace {
  state: State
  lane: Lane
  /** The author of the turn. */
  author: PersonRef
  rights: Rights
}

export interface Refusal {
  outcome: CallOutcome
  reason: CallReason
  body: string
}

/** Why a call may not be made, or null. `args` are as the tool's schema has read them. */
export function refusalOf(tool: Tool, args: unknown, place: CallPlace): Refusal | null {
  const { state, lane, author, rights } = place
  if (state.withoutTools.includes(tool.name)) return refuse('error', 'TOOL_UNKNOWN')
  if (!rights.mayUse(tool.name, author.id)) return refuse('denied', 'NOT_GRANTED')
  const readers = readersOfCall(tool, args, place)
  if (readers === null) return refuse('error', 'TOOL_FAILED')
  if (!names(readers.audience, author.id)) return refuse('denied', 'NOT_GRANTED')
  if (!flows(readers.audience, lane.audience)) return refuse('denied', 'AUDIENCE_NARROWER')
  return hasApprover(tool, place) ? null : refuse('denied', 'NO_APPROVER')
}

/** What a call may consult; null when its tool cannot tell: nothing may then be shown to anybody. */
export function readersOfCall(
  tool: Tool,
  args: unknown,
  { state: { sessionId }, lane, author }: CallPlace,
): Readers | null {
  try {
    const readers = readersOf(lane.audience, lane.through)
    const principal = { userId: author.id, name: author.name }
    const given = tool.audience(args, { principal, readers, sessionId })
    return isReaders(given) ? given : { audience: given }
  } catch {
    return null
  }
}

function isReaders(given: Audience | Readers): given is Readers {
  return typeof given === 'object' && 'audience' in given
}

/** Somebody whom the tool asks, who may allow it, and who reads the lane. */
function hasApprover(tool: Tool, { state, lane, author, rights }: CallPlace): boolean {
  if (tool.approver === undefined) return true
  if (tool.approver === 'author') return rights.mayApprove(tool.name, author.id)
  return Object.entries(state.members).some(
    ([userId, { role }]) =>
      may(role, 'call.decide.others') &&
      rights.mayApprove(tool.name, userId) &&
      readsLane(state, lane, userId, rights),
  )
}

export function refuse(outcome: CallOutcome, reason: CallReason, body: string = CALL_WORDS[reason]): Refusal {
  return { outcome, reason, body }
}
