import type { Awareness } from 'y-protocols/awareness'
import type { ColloquyError } from '../errors.ts'
import type {
  Board,
  BoardDraft,
  CallRef,
  ConnectionState,
  Me,
  Member,
  Message,
  Person,
  PersonRef,
  PromptOptions,
  QueueEntry,
  RunningTurn,
  SubmittedPrompt,
  ToolPart,
  UnsentPrompt,
} from '../types.ts'

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
  /** In the order in which they will run. */
  entries: readonly QueueEntry[]
  turn: RunningTurn | null
  edit(promptId: string, text: string): Promise<void>
  withdraw(promptId: string): Promise<void>
  /** Places it before another of one's own prompts; null: after all of them. */
  move(promptId: string, before: string | null): Promise<void>
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
  /** May be called for every keystroke; `true` wears off by itself. */
  setTyping(typing: boolean): void
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
  /** The draft as it stands on the board; null while it is only here. */
  shared: SharedDraft | null
  /** "Write together": moves it onto the board. @throws ColloquyError when there is no writing there */
  share(): Promise<void>
  /** Takes it back from the board, with what all have written. */
  unshare(): Promise<void>
  /** All other drafts on the board. */
  others: readonly SharedDraft[]
  /** Why there is no writing together, such as `BOARD_FULL`; null: there is. */
  error: ColloquyError | null
}
