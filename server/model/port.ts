import type { CallOutcome, StepUsage } from '@colloquy/shared'
import type { TurnReason } from '@colloquy/shared/events'

/**
 * A language model, one step (one call) at a time. It never runs tools and never retries: the turn loop
 * owns both. Every implementation passes `test/contract/model.ts`.
 */
export interface ModelPort {
  /** The id of the model used when a prompt names none, such as `offline` or `openai/gpt-5`. */
  readonly defaultModel: string
  /** Ids that a prompt may name. */
  readonly models: readonly string[]
  /**
   * Streams one step. The iteration ends after `finish` or `error`; it does not throw. When `signal` aborts
   * it ends at once with an `error` of code `ABORTED`.
   */
  stream(call: ModelCall, signal: AbortSignal): AsyncIterable<ModelPart>
}

export interface ModelCall {
  model: string
  system: string
  messages: readonly ModelMessage[]
  tools: readonly ModelTool[]
}

/** One message of a view; the speaker of a user message is structural, never part of its text. */
export type ModelMessage =
  | ModelQuestion
  /** One step of an answer; what it called is answered by the `tool` message that follows. */
  | { role: 'assistant'; text: string; calls?: readonly ModelToolCall[] }
  | { role: 'tool'; results: readonly ModelToolResult[] }
  | ModelContext

export interface ModelQuestion {
  role: 'user'
  from: Speaker
  text: string
  /** What of the text is left out, in its order. */
  gaps?: readonly ModelGap[]
}

/** Who wrote a message: `id` is identity, `name` only what to call them, `seq` the message's place in its lane. */
export interface Speaker extends ModelReaders {
  id: string
  name: string
  seq: number
  /** Id of who showed it to these readers, where it was written to others. */
  sharedBy?: string
}

/** Who alone reads it. */
export interface ModelReaders {
  /** userIds, of very many the first; absent: everyone of the session. */
  readers?: readonly string[]
  /** How many there are besides. */
  moreReaders?: number
}

/** Text that is left out: it stood at offset `at` of what is there. */
export interface ModelGap {
  at: number
  characters: number
  /** The message that holds the same words; absent: they are nowhere. */
  sameAs?: Pick<Speaker, 'id' | 'seq'> & ModelReaders
}

/**
 * What the server itself tells about a lane: data, never somebody's request. `notes` hold other people's words, each
 * with whose they are.
 */
export type ModelContext =
  /** What the messages `fromSeq` to `throughSeq` came to, or were. */
  | ({ role: 'context'; about: 'summary' | 'messages' } & ModelNotes)
  /** The answer that follows was given to other readers; `by` shared it with these. */
  | ({
      role: 'context'
      about: 'shared-answer'
      by: { id: string; name: string }
      seq: number
    } & ModelReaders)
  /** An answer of which `sameAs`, another, holds the same words. */
  | ({
      role: 'context'
      about: 'told-answer'
      seq: number
      sameAs: { seq: number } & ModelReaders
    } & ModelReaders)

export interface ModelNotes extends ModelReaders {
  fromSeq: number
  throughSeq: number
  notes: readonly ModelNote[]
}

export interface ModelNote {
  /** Whose words these are; nobody's: the assistant's own. */
  authors: readonly { id: string; name: string }[]
  /** The messages that they come from. */
  seqs: readonly number[]
  text: string
}

/** A call as the model asked for it; `callId` joins it to its result. */
export interface ModelToolCall {
  callId: string
  tool: string
  args: unknown
}

/** What became of a call: JSON when the outcome is `ok`, else a sentence. */
export interface ModelToolResult {
  callId: string
  tool: string
  outcome: CallOutcome
  output: string
}

/** A tool as offered to the model: described, never with an executor. */
export interface ModelTool {
  name: string
  description: string
  /** JSON Schema of the arguments. */
  input: Record<string, unknown>
}

export type ModelPart =
  | { type: 'text'; text: string }
  | { type: 'tool-call'; tool: string; args: unknown }
  | { type: 'finish'; finish: StepFinish; usage?: StepUsage }
  | { type: 'error'; fault: ModelFault }

/** The finish reasons that let an attempt commit. */
export type StepFinish = 'stop' | 'length' | 'tool-calls' | 'content-filter'

export interface ModelFault {
  code: TurnReason | 'ABORTED'
  /** True when the same call may succeed later. */
  retryable: boolean
  /** For the operator's log: no secret, no text of people. */
  detail: string
  /** ms that the provider asked to wait. */
  retryAfter?: number
}
