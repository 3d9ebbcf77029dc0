import type { ToolPart } from '@colloquy/client'

/**
 * How far a call has come. `asks`: somebody's consent is missing; `waits`: it will be sent; `replaced`: its
 * author changed the arguments, and another call stands in its place.
 */
export type CallPhase =
  | 'asks'
  | 'waits'
  | 'runs'
  | 'done'
  | 'failed'
  | 'denied'
  | 'replaced'
  | 'stopped'
  | 'unknown'

/** `live`: its answer has not ended. What a call of an ended answer has not come to, it never will. */
export function phaseOf({ state, toolMetadata }: ToolPart, live: boolean): CallPhase {
  const { outcome, reason, dispatchedAt } = toolMetadata
  if (reason === 'ARGS_EDITED') return 'replaced'
  if (outcome === 'ok' || state === 'output-available') return 'done'
  if (outcome === 'unknown') return 'unknown'
  if (outcome === 'cancelled') return 'stopped'
  if (outcome === 'denied' || state === 'output-denied') return 'denied'
  if (outcome === 'error' || state === 'output-error') return 'failed'
  if (!live) return 'stopped'
  if (state === 'approval-requested') return 'asks'
  return dispatchedAt === undefined ? 'waits' : 'runs'
}
