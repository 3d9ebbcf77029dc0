import type { ToolPart, ToolPartMetadata } from '@colloquy/client'
import type { CallReason } from '@colloquy/shared/tools'
import { cleanName } from '../../parts/names.ts'
import type { CallPhase } from './call-phase.ts'

/** In a word, for those who listen and beside the icon. */
export const PHASE_WORDS: Record<CallPhase, string> = {
  asks: 'waits for approval',
  waits: 'about to run',
  runs: 'running',
  done: 'done',
  failed: 'failed',
  denied: 'not run',
  replaced: 'changed',
  stopped: 'stopped',
  unknown: 'outcome unknown',
}

/** What became of a call that did not do what was asked, for people. */
export const CALL_SENTENCES: Record<CallReason, string> = {
  TOOL_UNKNOWN: 'There is no tool of that name here.',
  ARGS_INVALID: 'The arguments did not fit the tool. It was not run.',
  ARGS_TOO_LARGE: 'The arguments were too long. It was not run.',
  AUDIENCE_NARROWER: 'It would have consulted what not everybody here may read. It was not run.',
  NOT_GRANTED: 'Whoever asked may not use this tool. It was not run.',
  NO_APPROVER: 'Nobody who may allow it can read this conversation. It was not run.',
  APPROVAL_DENIED: 'It was denied, and not run.',
  APPROVAL_EXPIRED: 'Nobody allowed it in time. It was not run.',
  ARGS_EDITED: 'The arguments were changed: the next call stands in its place.',
  TOOL_FAILED: 'The tool failed.',
  TOOL_TIMEOUT: 'The tool did not answer in time.',
  RESULT_INVALID: 'The tool answered something else than it promises.',
  RESULT_TOO_LARGE: 'The result was too large to be used.',
  CALL_INTERRUPTED: 'The server stopped while this ran.',
  TURN_STOPPED: 'The answer was stopped.',
}

/** What became of a call, where that is not simply its result. */
export function sentenceOf({ toolMetadata }: ToolPart, phase: CallPhase): string | null {
  const { reason, decidedBy, dispatchedAt } = toolMetadata
  const by = decidedBy && cleanName(decidedBy.name)
  if (phase === 'unknown') return `${reasonOf(toolMetadata)} ${uncertainty(reason)}; it was not run again.`
  if (phase === 'replaced' && by) return `${by} changed the arguments: the next call stands in its place.`
  if (phase === 'denied' && reason === 'APPROVAL_DENIED' && by) return `Denied by ${by}. It was not run.`
  if (phase === 'denied' && reason === 'APPROVAL_EXPIRED' && by)
    return `Allowed by ${by}, but too long before its turn came. It was not run.`
  if (phase === 'stopped' && dispatchedAt === undefined)
    return 'The answer was stopped before this ran. It was not run.'
  if (phase === 'failed' || phase === 'denied' || phase === 'replaced' || phase === 'stopped')
    return reasonOf(toolMetadata)
  return null
}

function uncertainty(reason: CallReason | undefined): string {
  const done = reason === 'RESULT_INVALID' || reason === 'RESULT_TOO_LARGE'
  return done ? 'It was carried out' : 'It may have happened'
}

/** What else somebody may want to know of a call. */
export function footnotesOf({ toolMetadata }: ToolPart, phase: CallPhase): string[] {
  const { decidedBy, dispatches = 0 } = toolMetadata
  const allowed = decidedBy && phase !== 'denied' && phase !== 'replaced'
  return [
    ...(allowed ? [`Allowed by ${cleanName(decidedBy.name)}.`] : []),
    ...(dispatches > 1 ? ['It was sent again with the same key after an interruption.'] : []),
  ]
}

function reasonOf({ reason }: ToolPartMetadata): string {
  if (reason === undefined) return 'It did not come to a result.'
  // A newer server may know reasons that this page does not.
  return (CALL_SENTENCES as Record<string, string>)[reason] ?? `It did not come to a result (${reason}).`
}

/** How long the tool took: of calls that were sent and answered. */
export function durationOf({ dispatchedAt, settledAt, reason }: ToolPartMetadata): string | null {
  if (dispatchedAt === undefined || settledAt === undefined) return null
  if (reason === 'CALL_INTERRUPTED' || reason === 'TURN_STOPPED') return null
  const ms = Math.max(0, settledAt - dispatchedAt)
  if (ms < 1_000) return `${ms} ms`
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`
}

/** What a call would do, to follow "wants to"; null: there are no better words than the tool's name. */
export function wishOf({ toolName, input }: ToolPart): string | null {
  if (toolName !== 'notes.append' || typeof input !== 'object' || input === null) return null
  const { name } = input as { name?: unknown }
  return typeof name === 'string' ? `append to the note “${cleanName(name)}”` : null
}
