import { ARGS_LENGTH, type CallOutcome, type CallReason } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import { z } from 'zod'
import type { Fingerprint } from '../access/fingerprint.ts'
import type { NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import { canonicalJson, isTooDeep } from '../tools/canonical.ts'
import type { Tool } from '../tools/tool.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import { type CallPlace, refusalOf, refuse } from './call-rights.ts'
import { CALL_WORDS } from './call-words.ts'

/** How long a call waits for consent, in ms. */
export const APPROVAL_MS = 600_000
/** Calls of one step that are looked at; a model that asks for more at once is not told of the rest. */
export const MOST_CALLS = 32

/** What a step asked for, in the model's words. */
export interface Wish {
  tool: string
  args: unknown
}

export interface IntentContext extends CallPlace {
  toolbox: Toolbox
  newId: NewId
  fingerprint: Fingerprint
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
  const refusal = deep ? refuse('error', 'ARGS_INVALID') : refused(tool, wish.args, given, context)
  const asks = tool?.approver !== undefined && !refusal
  const callId = newId('k')
  const event: SessionEvent = {
    ...{ type: 'tool.intent', at, turnId, step, index, callId, tool: wish.tool.slice(0, 200) },
    ...{ effect: tool?.effect ?? 'read', replay: tool?.replay ?? 'safe' },
    ...{ argsHash: context.fingerprint(body), cell: newId('c') },
    ...(asks && tool?.approver ? { approver: tool.approver, expiresAt: at + APPROVAL_MS } : {}),
  }
  if (!refusal) return [{ event, body }]
  return [{ event, body }, settled(turnId, callId, at, newId, refusal)]
}

function refused(tool: Tool | undefined, args: unknown, given: string, context: IntentContext) {
  if (!tool) return refuse('error', 'TOOL_UNKNOWN')
  if (given.length > ARGS_LENGTH) return refuse('error', 'ARGS_TOO_LARGE')
  const read = readArgs(tool, args)
  if ('problem' in read) return refuse('error', 'ARGS_INVALID', read.problem)
  return refusalOf(tool, read.args, context)
}
