import type { Audience } from '@colloquy/shared/audience'
import type {
  QueueEntry as LaneQueueEntry,
  MessageMetadata,
  PersonRef,
  RunningTurn,
} from '@colloquy/shared/layout'
import type { Role } from '@colloquy/shared/roles'
import type { ToolPart } from '@colloquy/shared/tools'

/** What every lane's own things say: the lane, and who reads it. */
export interface InLane {
  /** `main`: the lane that everybody reads. */
  laneId: string
  /** Nominal: it does not change with who comes and leaves. The same object for everything in the lane. */
  audience: Audience
}

/** A message in the shape of the AI SDK's `UIMessage`. */
export interface Message extends InLane {
  id: string
  role: 'user' | 'assistant'
  metadata: MessageMetadata
  /** In the order in which they came: what a step of the answer said, what it called, and so on. */
  parts: MessagePart[]
}

export type MessagePart = { type: 'text'; text: string } | ToolPart

/** A prompt that waits in its lane; `text` is its beginning. */
export interface QueueEntry extends LaneQueueEntry, InLane {
  promptId: string
}

/** A turn that runs; each lane has at most one. */
export interface ShownTurn extends RunningTurn, InLane {}

/** A lane that the person reads. */
export interface ShownLane extends InLane {
  /** Lane `seq` of its newest message; 0: it has none. */
  lastSeq: number
  /** Whether it is in sync with the server; before, and while that is away, it is what this browser had of it. */
  live: boolean
}

/** People whom an audience may name together, as `group:<id>`. */
export interface Group {
  id: string
  /** Their userIds, as far as they are in the session. */
  members: readonly string[]
}

/** Somebody who has the session open. */
export interface Person extends PersonRef {
  typing: boolean
}

export interface Member extends PersonRef {
  role: Role
}

/** The signed-in person; `role` is known once the server has answered. */
export interface Me extends PersonRef {
  role: Role | null
}

export interface ConnectionState {
  /**
   * `offline`: the server cannot be reached; `reconnecting`: it can, or could a moment ago. `ended` is for good.
   */
  state: 'connecting' | 'live' | 'reconnecting' | 'offline' | 'ended'
  /**
   * Why it ended: `REVOKED`, `FORBIDDEN`, `NOT_FOUND`, `UNAUTHENTICATED`, `CLOSED`, …; while `reconnecting`, `FULL`: as
   * many are connected as a session takes, and one comes in once somebody leaves.
   */
  reason?: string
  /** How many of the person's prompts wait here to be sent. */
  unsent: number
}

/** A prompt that the server has not acknowledged yet. */
export interface UnsentPrompt {
  commandId: string
  text: string
  /** As it was asked for. */
  audience: Audience
  /** When it was written, in ms since 1970. */
  at: number
  /** The code with which the server refused it: it will not be sent again. */
  refused?: string
}

/** What a session looks like now. Parts that did not change keep their identity from one to the next. */
export interface Snapshot {
  /**
   * Of all lanes, oldest first: those of a narrower lane stand behind the main message that they came after. Where
   * an answer goes on in a narrower lane, that answer follows directly, without its question again.
   */
  messages: readonly Message[]
  /** Whether `older` has more to bring. */
  more: boolean
  /** Lane by lane, main first; each in the order in which they will run. */
  queue: readonly QueueEntry[]
  /** That of the main lane. */
  turn: RunningTurn | null
  /** Those of all lanes, main first. */
  turns: readonly ShownTurn[]
  /** Answers that have begun and not ended, oldest first: those of `turns`, and those that wait in none. */
  unfinished: readonly Message[]
  /** Main first. One appears when somebody first asks for its readers. */
  lanes: readonly ShownLane[]
  /** Told to no guest. */
  groups: readonly Group[]
  people: readonly Person[]
  members: readonly Member[]
  me: Me | null
  /** Names of the workspace's tools that answers here do without, as its owners say. */
  withoutTools: readonly string[]
  title: string
  outbox: readonly UnsentPrompt[]
  connection: ConnectionState
}
