// What tools and their calls are called, in events, docs and answers.

/** `read`: changes nothing anywhere. `write`: does. */
export const TOOL_EFFECTS = ['read', 'write'] as const
export type ToolEffect = (typeof TOOL_EFFECTS)[number]

/**
 * What may be done again when nobody knows whether a call has happened. `safe`: any call, as often as one
 * likes. `keyed`: the same call with the same key. `unsafe`: nothing.
 */
export const TOOL_REPLAYS = ['safe', 'keyed', 'unsafe'] as const
export type ToolReplay = (typeof TOOL_REPLAYS)[number]

/** Whose consent a call needs before it runs: the author of its turn, or a moderator who reads the lane. */
export const APPROVERS = ['author', 'moderator'] as const
export type Approver = (typeof APPROVERS)[number]

/** How a call can end. `unknown`: it was sent, and nobody knows whether it has happened. */
export const CALL_OUTCOMES = ['ok', 'error', 'denied', 'unknown', 'cancelled'] as const
export type CallOutcome = (typeof CALL_OUTCOMES)[number]

/** Why a call did not end as `ok`. Stable codes, shown to people by the client. */
export const CALL_REASONS = [
  'TOOL_UNKNOWN',
  'ARGS_INVALID',
  'ARGS_TOO_LARGE',
  'AUDIENCE_NARROWER',
  'NOT_GRANTED',
  'NO_APPROVER',
  'APPROVAL_DENIED',
  'APPROVAL_EXPIRED',
  'ARGS_EDITED',
  'TOOL_FAILED',
  'TOOL_TIMEOUT',
  'RESULT_INVALID',
  'RESULT_TOO_LARGE',
  'CALL_INTERRUPTED',
  'TURN_STOPPED',
] as const
export type CallReason = (typeof CALL_REASONS)[number]

/** The states of a tool part in a message, as the AI SDK names them. */
export type ToolPartState =
  | 'input-available'
  | 'approval-requested'
  | 'approval-responded'
  | 'output-available'
  | 'output-error'
  | 'output-denied'

/** What a tool part tells beside the AI SDK's fields. Not an interface: that would be no `JSONObject` of the AI SDK's. */
export type ToolPartMetadata = {
  /** The step of the turn whose model call asked for it, from 1. */
  step: number
  effect: ToolEffect
  /** Binds an approval to exactly these arguments. */
  argsHash: string
  /** Whose consent it needs, and until when (ms since 1970); an undecided call then ends as `denied`. */
  approver?: Approver
  expiresAt?: number
  /** Who allowed, denied or edited it. */
  decidedBy?: { id: string; name: string }
  /** ms since 1970 when it was sent to the tool last. */
  dispatchedAt?: number
  /** How often it was sent to the tool: more than once only with the same key. */
  dispatches?: number
  /** How it ended, and the ms since 1970 when it did. */
  outcome?: CallOutcome
  reason?: CallReason
  settledAt?: number
  /** Characters of the whole output; what the part shows of it is its beginning. */
  outputLength?: number
}

/** A tool call in a message, in the shape of the AI SDK's `DynamicToolUIPart`. */
export type ToolPart = {
  type: 'dynamic-tool'
  toolName: string
  toolCallId: string
  input: unknown
  toolMetadata: ToolPartMetadata
} & (
  | { state: 'input-available' }
  | { state: 'approval-requested'; approval: { id: string } }
  | { state: 'approval-responded'; approval: { id: string; approved: boolean } }
  | { state: 'output-available'; output: unknown; approval?: { id: string; approved: true } }
  | { state: 'output-error'; errorText: string; approval?: { id: string; approved: true } }
  | { state: 'output-denied'; approval: { id: string; approved: false; reason?: string } }
)

/** Characters of a call's arguments as JSON: all of them are shown to whoever approves it. */
export const ARGS_LENGTH = 16_000
/** Characters of a result as JSON that a turn keeps; a longer one is an error. */
export const RESULT_LENGTH = 65_536
/** Characters of a result that a message shows. */
export const SHOWN_RESULT_LENGTH = 8_000
