import type { SessionEvent, SessionEventOf } from '@colloquy/shared/events'
import type { Call, Entry } from './state.ts'

type CallEvent = SessionEventOf<'tool.intent' | 'tool.approval' | 'tool.dispatched' | 'tool.settled'>

export function isCallEvent(event: SessionEvent): event is CallEvent {
  return event.type.startsWith('tool.')
}

/** An answer's calls after one more event; a call that has had its end changes no more. */
export function foldCalls(calls: readonly Call[], event: CallEvent): readonly Call[] {
  if (event.type === 'tool.intent') return [...calls, intended(event)]
  const at = calls.findIndex((call) => call.callId === event.callId)
  const call = calls[at]
  return call && !call.settled ? calls.with(at, changed(call, event)) : calls
}

/** The first call that has not had its end. */
export function openCall(entry: Entry | undefined): Call | undefined {
  return entry?.calls.find((call) => !call.settled)
}

/** True while somebody must still allow it. */
export function isUndecided(call: Call | undefined): boolean {
  return call?.approver !== undefined && call.decision === undefined && !call.settled
}

/** Every cell that holds something of a message: texts, arguments, results. */
export function cellsOf(entry: Entry): string[] {
  const ofCalls = entry.calls.flatMap(({ cell, settled }) => (settled ? [cell, settled.cell] : [cell]))
  return [...entry.cells, ...ofCalls]
}

function intended(event: SessionEventOf<'tool.intent'>): Call {
  const { callId, step, index, tool, effect, replay, argsHash, cell, approver, expiresAt } = event
  return {
    ...{ callId, step, index, tool, effect, replay, argsHash, cell, dispatches: 0 },
    ...(approver === undefined ? {} : { approver }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

function changed(call: Call, event: Exclude<CallEvent, { type: 'tool.intent' }>): Call {
  const { at } = event
  switch (event.type) {
    case 'tool.approval':
      return { ...call, decision: event.decision, ...(event.by ? { decidedBy: event.by } : {}) }
    case 'tool.dispatched':
      return { ...call, dispatches: call.dispatches + 1, dispatchedAt: at }
    case 'tool.settled': {
      const { outcome, reason, cell } = event
      return { ...call, settled: { outcome, cell, at, ...(reason ? { reason } : {}) } }
    }
  }
}
