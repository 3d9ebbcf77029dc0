import type { Awareness } from 'y-protocols/awareness'
import type { ColloquyError } from '../errors.ts'
import type {
  Audience,
  Board,
  BoardDraft,
  CallRef,
  ConnectionState,
  Group,
  Me,
  Member,
  Message,
  Person,
  PersonRef,
  PromptOptions,
  QueueEntry,
  RunningTurn,
  ShownLane,
  ShownTurn,
  SubmittedPrompt,
  ToolPart,
  UnsentPrompt,
  View,
} from '../types/index.ts'

/** In the shape of the AI SDK's `UseChatHelpers`, as far as a shared session has these things. */
export interface SessionChat {
  /** Id of the session. */
  id: string
  /** Immutable, whatever the type says: it is the one that renderers of `UIMessage`s take. */
  messages: Message[]
  /**
   * Of one's own prompts: `streaming` while one runs, `submitted` while one waits, its answer waits or it is unsent,
   * `error` when the last was refused or failed.
   */
  status: 'submitted' | 'streaming' | 'ready' | 'error'
  error: Error | undefined
  /** Rejects as `Session.prompt` does; whoever does not await it finds the reason in `error`. */
  sendMessage(message: string | { text: string }, options?: PromptOptions): Promise<SubmittedPrompt>
  /** Stops one's own running turn, else the newest that waits; without one it does nothing. */
  stop(): Promise<void>
  /** Allows or denies the call that asks under this `approval.id`. @throws ColloquyError as `Session.allowCall` */
  addToolApprovalResponse(response: { id: string; approved: boolean }): Promise<void>
  clearError(): void
}

export interface SessionQueue {
  /** Lane by lane, main first; each in the order in which they will run. */
  entries: readonly QueueEntry[]
  /** That of the main lane. */
  turn: RunningTurn | null
  /** Those of all lanes, main first. */
  turns: readonly ShownTurn[]
  edit(promptId: string, text: string): Promise<void>
  withdraw(promptId: string): Promise<void>
  /** Places it before another of one's own prompts; null: after all of them. */
  move(promptId: string, before: string | null): Promise<void>
}

export interface SessionLanes {
  /** Main first. */
  lanes: readonly ShownLane[]
  /** Whom an audience may name together. */
  groups: readonly Group[]
}

export interface MyView {
  /** What the assistant would be given; null until it is known. The last one stays while another is asked for. */
  view: View | null
  /** Why it could not be read the last time. */
  error: ColloquyError | null
  /** Asks for it now. It is also asked for after every new message. */
  refresh(): void
}

type AskingPart = Extract<ToolPart, { state: 'approval-requested' }>

/** A call that waits for somebody's consent. */
export interface PendingCall extends CallRef {
  /** The answer that it is part of, and whose it is: it runs with this person's rights. */
  messageId: string
  author: PersonRef
  part: AskingPart
  /** Whether it waits for the signed-in person. */
  mine: boolean
}

export interface SessionApprovals {
  /** Oldest first, whomever they wait for. */
  calls: readonly PendingCall[]
  /** As `allowCall`, `denyCall` and `editCall` of the session. */
  allow(call: CallRef): Promise<void>
  deny(call: CallRef): Promise<void>
  edit(call: CallRef, args: Record<string, unknown>): Promise<void>
}

export interface SessionPeople {
  /** Who is here. */
  people: readonly Person[]
  members: readonly Member[]
  me: Me | null
  /** May be called for every keystroke; `true` wears off by itself. `audience`: whom the draft is for. */
  setTyping(typing: boolean, audience?: Audience): void
}

export interface SessionConnection extends ConnectionState {
  outbox: readonly UnsentPrompt[]
  discard(commandId: string): Promise<boolean>
}

/** A draft on the board, with what an editor binds to; another object when the board's doc is replaced. */
export interface SharedDraft extends BoardDraft {
  awareness: Awareness
  board: Board
}

export interface Draft {
  /** What is written so far, shared or not. */
  text: string
  /** In a shared draft only what differs is changed, so that others' writing stays. */
  setText(text: string): void
  /** A text that was not accepted comes back, behind what was written meanwhile. */
  giveBack(text: string): void
  /** After submitting: the draft is empty, and gone from the board. */
  clear(): void
  /** Its id on the board of its lane, also while that is away; null: the draft is only here. */
  sharedId: string | null
  /** The draft as it stands on the board; null while it is only here, or the board is away. */
  shared: SharedDraft | null
  /** "Write together": moves it onto the board of its lane. @throws ColloquyError when there is no writing there */
  share(): Promise<void>
  /** Takes it back from the board, with what all have written. */
  unshare(): Promise<void>
  /** All other drafts on the board. */
  others: readonly SharedDraft[]
  /** Why there is no writing together, such as `BOARD_FULL`; null: there is. */
  error: ColloquyError | null
}
