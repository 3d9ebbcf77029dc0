import { SHOWN_RESULT_LENGTH, type ToolPart, type ToolPartMetadata } from '@colloquy/shared'
import { isUndecided } from './fold-calls.ts'
import type { Bodies } from './lane-content.ts'
import type { Call } from './state.ts'

/** A call as a part of its message: its arguments whole, of a long result the beginning. */
export function callContent(call: Call, bodies: Bodies): ToolPart {
  const part = {
    type: 'dynamic-tool' as const,
    toolName: call.tool,
    toolCallId: call.callId,
    input: parsed(bodies.get(call.cell)),
  }
  const { settled, decision } = call
  if (!settled) {
    const toolMetadata = metadata(call)
    if (isUndecided(call))
      return { ...part, toolMetadata, state: 'approval-requested', approval: { id: call.callId } }
    if (decision === undefined) return { ...part, toolMetadata, state: 'input-available' }
    const approval = { id: call.callId, approved: decision === 'allowed' }
    return { ...part, toolMetadata, state: 'approval-responded', approval }
  }
  const text = bodies.get(settled.cell) ?? ''
  const approved = decision === 'allowed' ? { approval: { id: call.callId, approved: true as const } } : {}
  if (settled.outcome === 'ok') {
    const long = text.length > SHOWN_RESULT_LENGTH
    const output = long ? text.slice(0, SHOWN_RESULT_LENGTH).toWellFormed() : parsed(text)
    const toolMetadata = { ...metadata(call), ...(long ? { outputLength: text.length } : {}) }
    return { ...part, toolMetadata, state: 'output-available', output, ...approved }
  }
  const toolMetadata = metadata(call)
  if (settled.outcome === 'denied') {
    const approval = { id: call.callId, approved: false as const, reason: text }
    return { ...part, toolMetadata, state: 'output-denied', approval }
  }
  return { ...part, toolMetadata, state: 'output-error', errorText: text, ...approved }
}

function metadata(call: Call): ToolPartMetadata {
  const { step, effect, argsHash, approver, expiresAt, decidedBy, dispatches, dispatchedAt, settled } = call
  return {
    ...{ step, effect, argsHash },
    ...(approver === undefined ? {} : { approver }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(dispatchedAt === undefined ? {} : { dispatchedAt, dispatches }),
    ...(settled ? { outcome: settled.outcome, settledAt: settled.at } : {}),
    ...(settled?.reason ? { reason: settled.reason } : {}),
  }
}

/** Cells hold JSON that we wrote; one that was erased holds nothing. */
function parsed(text: string | undefined): unknown {
  return text === undefined || text === '' ? null : (JSON.parse(text) as unknown)
}
