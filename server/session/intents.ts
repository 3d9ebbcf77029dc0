import { ARGS_LENGTH, type Audience, atLeast, type CallOutcome, type CallReason } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import { z } from 'zod'
import type { NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import { argsHash, canonicalJson, isTooDeep } from '../tools/canonical.ts'
import type { Tool } from '../tools/tool.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import { CALL_WORDS } from './call-words.ts'
import type { Lane, State } from './state.ts'

/** How long a call waits for consent, in ms. */
export const APPROVAL_MS = 600_000
/** Calls of one step that are looked at; a model that asks for more at once is not told of the rest. */
export const MOST_CALLS = 32

/** What a step asked for, in the model's words. */
export interface Wish {
  tool: string
  args: unknown
}

export interface IntentContext {
  state: State
  lane: Lane
  toolbox: Toolbox
  newId: NewId
  now: number
  turnId: string
  step: number
  /** Calls that the step has already. */
  from?: number
}

/** The journal's record of what a step wants done. What cannot be done has its end in the same write. */
export function intents(wishes: readonly Wish[], context: IntentContext): NewEvent<SessionEvent>[] {
  const { from = 0 } = context
  return wishes.slice(0, MOST_CALLS).flatMap((wish, n) => intent(wish, from + n, context))
}

/** The end of a call, with what the model and the people are told of it. */
export function settled(
  turnId: string,
  callId: string,
  at: number,
  newId: NewId,
  end: { outcome: CallOutcome; reason?: CallReason; body: string },
): NewEvent<SessionEvent> {
  const { outcome, reason, body } = end
  const event: SessionEvent = {
    ...{ type: 'tool.settled', at, turnId, callId, outcome, cell: newId('c'), length: body.length },
    ...(reason ? { reason } : {}),
  }
  return { event, body }
}

/** The arguments as the tool takes them, or what is wrong with them in a sentence. */
export function readArgs(tool: Tool, args: unknown): { args: unknown } | { problem: string } {
  if (isTooDeep(args)) return { problem: CALL_WORDS.ARGS_INVALID }
  try {
    const parsed = tool.input.safeParse(args)
    if (parsed.success) return { args: parsed.data }
    return { problem: `${CALL_WORDS.ARGS_INVALID} ${z.prettifyError(parsed.error)}`.slice(0, 2_000) }
  } catch {
    // A fault of the tool's own, which shall cost no more than this call.
    return { problem: CALL_WORDS.ARGS_INVALID }
  }
}

function intent(wish: Wish, index: number, context: IntentContext): NewEvent<SessionEvent>[] {
  const { toolbox, newId, now: at, turnId, step } = context
  const tool = toolbox.find(wish.tool)
  const deep = isTooDeep(wish.args)
  const given = deep ? '{}' : canonicalJson(wish.args)
  const body = given.length > ARGS_LENGTH ? '{}' : given
  const refusal = deep ? invalid() : refused(tool, wish.args, given, context)
  const asks = tool?.approver !== undefined && !refusal
  const callId = newId('k')
  const event: SessionEvent = {
    ...{ type: 'tool.intent', at, turnId, step, index, callId, tool: wish.tool.slice(0, 200) },
    ...{ effect: tool?.effect ?? 'read', replay: tool?.replay ?? 'safe' },
    ...{ argsHash: argsHash(body), cell: newId('c') },
    ...(asks && tool?.approver ? { approver: tool.approver, expiresAt: at + APPROVAL_MS } : {}),
  }
  if (!refusal) return [{ event, body }]
  return [{ event, body }, settled(turnId, callId, at, newId, refusal)]
}

function invalid() {
  return { outcome: 'error' as const, reason: 'ARGS_INVALID' as const, body: CALL_WORDS.ARGS_INVALID }
}

function refused(tool: Tool | undefined, args: unknown, given: string, context: IntentContext) {
  const refuse = (outcome: CallOutcome, reason: CallReason, body: string = CALL_WORDS[reason]) => ({
    ...{ outcome, reason, body },
  })
  if (!tool) return refuse('error', 'TOOL_UNKNOWN')
  if (given.length > ARGS_LENGTH) return refuse('error', 'ARGS_TOO_LARGE')
  const read = readArgs(tool, args)
  if ('problem' in read) return refuse('error', 'ARGS_INVALID', read.problem)
  const audience = audienceOf(tool, read.args)
  if (audience === null) return refuse('error', 'TOOL_FAILED')
  // A call that consults less than everything its lane may read needs a lane of its own: not made here.
  if (audience !== 'everyone') return refuse('denied', 'AUDIENCE_NARROWER')
  if (tool.approver === 'moderator' && !hasModerator(context)) return refuse('denied', 'NO_APPROVER')
  return null
}

/** Null when the tool cannot tell: nothing may then be shown to anybody. */
function audienceOf(tool: Tool, args: unknown): Audience | null {
  try {
    return tool.audience(args)
  } catch {
    return null
  }
}

/** Approvers must be readers of the lane (DESIGN §8). */
function hasModerator({ state, lane: { audience } }: IntentContext): boolean {
  return Object.entries(state.members).some(
    ([userId, { role }]) =>
      atLeast(role, 'moderator') && (audience === 'everyone' || audience.includes(userId)),
  )
}
