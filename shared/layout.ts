import type { Audience } from './audience.ts'
import type { Role } from './roles.ts'
import type { ToolPart } from './tools.ts'

/** Version of the lane doc layout, in `meta.schema`. */
export const LAYOUT_SCHEMA = 4

/** Roots of a lane doc and of a board. */
export const ROOT = {
  meta: 'meta',
  messages: 'messages',
  queue: 'queue',
  turn: 'turn',
  members: 'members',
  drafts: 'drafts',
} as const

/** The key of the `turn` root that holds the running turn or null. */
export const TURN_NOW = 'now'

/** A person as written beside what they did: `id` is identity, `name` is what it was called then. */
export interface PersonRef {
  id: string
  name: string
}

/** Root `meta`, set once for each incarnation. */
export interface LaneMeta {
  schema: number
  sessionId: string
  laneId: string
  incarnation: number
  title: string
  audience: Audience
  /** Lane `seq` of the first message of this segment, whether or not it is there yet. */
  firstSeq: number
}

export type MessageStatus =
  | 'streaming'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'revoked'
  | 'denied'
  | 'narrowed'
  | 'superseded'

/** What a turn that neither speaks nor works waits for. */
export interface Waiting {
  /** A code of `TurnReason`: `APPROVAL`, or what kept the model's provider from answering. */
  reason: string
  /** When it began to wait, and when it goes on by itself or gives up, in ms since 1970. */
  at: number
  until: number
}

/** Where a shared message comes from. */
export interface SharedFrom {
  by: PersonRef
  at: number
  messageId: string
}

/** `metadata` of a message: one JSON value, written when the message starts, waits, goes on and ends. */
export interface MessageMetadata {
  seq: number
  promptId: string
  turnId: string
  /** Who asked: the author of the prompt, for the question and for its answer. */
  author: PersonRef
  at: number
  endedAt?: number
  /** In a lane that not everyone reads: the main lane's `seq` that it comes after. */
  after?: number
  status: MessageStatus
  /** Set while a streaming answer waits, in its lane or parked. */
  waiting?: Waiting
  /** Why a turn ended other than `done`; a code of `TurnReason`. */
  reason?: string
  model?: string
  region?: string
  usage?: StepUsage
  /** Id of the message, in a wider lane, whose turn goes on here because it needed what only these readers may see. */
  continues?: string
  /** Of a question that was asked again word for word: the first message that asked it. */
  again?: string
  /** Set on a copy that somebody shared with these readers: who, when, and of which message. */
  shared?: SharedFrom
  /** When the text was taken back, in ms since 1970; `parts` are then empty. */
  retractedAt?: number
}

/**
 * One part of a message. Text of more than 32 kB goes on in a next part with `continues`: readers show
 * such parts as one text. Text after a tool call is a part of its own.
 */
export interface TextPart {
  type: 'text'
  text: string
  continues?: true
}

export type MessagePart = TextPart | ToolPart

/** A message as plain JSON, in the shape of the AI SDK's `UIMessage`. */
export interface Message {
  id: string
  role: 'user' | 'assistant'
  metadata: MessageMetadata
  parts: MessagePart[]
}

/** A value of root `queue`; readers order by `rank`, the order in which the prompts will run. */
export interface QueueEntry {
  author: PersonRef
  /** The prompt's text, at most its first 2 kB. */
  text: string
  rank: number
  state: 'waiting' | 'held'
  reason?: string
  at: number
}

/** The value of `turn.now` while a turn runs. */
export interface RunningTurn {
  turnId: string
  promptId: string
  author: PersonRef
  startedAt: number
  step: number
  /** `waiting`: for the next attempt of its step; `committed`: its tools run. */
  state: 'claimed' | 'streaming' | 'waiting' | 'committed'
  reason?: string
}

/** A value of root `members`: who is in the session, by userId. In the main lane alone. */
export interface LaneMember {
  name: string
  role: Role
}

/** Tokens of a step as the provider counted them; cache counts are never shown. */
export interface StepUsage {
  inputTokens?: number | undefined
  outputTokens?: number | undefined
}

/** What a lane doc holds, as plain JSON. */
export interface LaneContent {
  meta: LaneMeta
  messages: Message[]
  queue: Record<string, QueueEntry>
  turn: RunningTurn | null
  members: Record<string, LaneMember>
}

/** Bytes of prompt text that a queue entry shows. */
export const QUEUE_TEXT_BYTES = 2048
/** A text part past this many UTF-16 units is followed by a new one. */
export const PART_LENGTH = 32_000
