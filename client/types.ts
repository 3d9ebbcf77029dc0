import type { Audience } from '@colloquy/shared/audience'
import type {
  QueueEntry as LaneQueueEntry,
  MessageMetadata,
  MessageStatus,
  PersonRef,
  RunningTurn,
  Waiting,
} from '@colloquy/shared/layout'
import type { Role } from '@colloquy/shared/roles'
import type { ToolPart, ToolPartMetadata } from '@colloquy/shared/tools'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { Clock } from './clock.ts'
import type { ColloquyError } from './errors.ts'

export type {
  Audience,
  MessageMetadata,
  MessageStatus,
  PersonRef,
  Role,
  RunningTurn,
  ToolPart,
  ToolPartMetadata,
  Waiting,
}

/** Where small things outlive a reload: unsent prompts, the name of the doc. */
export interface Storage {
  get(key: string): string | null | Promise<string | null>
  set(key: string, value: string): void | Promise<void>
  delete(key: string): void | Promise<void>
}

export interface ConnectOptions {
  /** Where the server is; in a page, a relative URL counts from that page. */
  url: string
  /** Id of the session. */
  session: string
  /**
   * The person's bearer token (a JWT with `sub`); asked again once the server no longer takes the last. Without
   * it the browser's cookie tells who this is, on pages of the server itself.
   */
  auth?: (() => string | Promise<string>) | undefined
  /** Where unsent prompts survive a reload; `localStorage` in pages, else memory. */
  storage?: Storage
  /** Keeps the transcript in IndexedDB, so that a reopened tab shows it at once. Default: where there is one. */
  persist?: boolean
  fetch?: typeof fetch
  WebSocket?: typeof WebSocket
  clock?: Clock
  /** Numbers in [0, 1) that spread the reconnects. */
  random?: () => number
}

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

/** A call that waits for somebody's consent: consent is given to exactly the arguments that were shown. */
export interface CallRef {
  /** `metadata.turnId` of its message. */
  turnId: string
  /** `toolCallId` of its part. */
  callId: string
  /** `toolMetadata.argsHash` of its part. */
  argsHash: string
}

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
  /** Why it ended: `REVOKED`, `FORBIDDEN`, `NOT_FOUND`, `UNAUTHENTICATED`, `CLOSED`, … */
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
  title: string
  outbox: readonly UnsentPrompt[]
  connection: ConnectionState
}

export interface PromptOptions {
  /**
   * Who may read the question and its answer: everyone now and later (the default), or userIds and `group:<id>`; one
   * is always among them.
   */
  audience?: Audience
  model?: string
}

export type PromptEnd = Exclude<MessageStatus, 'streaming' | 'superseded'> | 'withdrawn'

/** How a prompt ended, and its answer if there is one that can still be read. */
export interface Finished {
  end: PromptEnd
  message?: Message
}

/** A prompt that the server has made durable. */
export interface SubmittedPrompt {
  readonly promptId: string
  /** Where it was put. */
  readonly laneId: string
  /** Place in the queue when it was accepted; 1 is next. */
  readonly position: number
  /** Resolves at its last end, wherever it goes on when its answer ends as `narrowed`; rejects with `CLOSED` when the session is closed here before. */
  readonly finished: Promise<Finished>
  /** These three work while the prompt waits. @throws ColloquyError `PROMPT_NOT_PENDING` */
  edit(text: string): Promise<void>
  withdraw(): Promise<void>
  /** Places it before another of one's own prompts; null: after all of them. */
  move(before: string | null): Promise<void>
}

export interface Invite {
  code: string
  url: string
  expiresAt: number
}

/** Where the copy is. */
export interface SharedMessage {
  messageId: string
  laneId: string
}

/** What the assistant would be given for one's next prompt in a lane. Tokens are estimates. */
export interface View {
  laneId: string
  /** In the view, of all in the lanes that one reads. */
  messages: { in: number; of: number }
  tokens: { used: number; budget: number; saved: number }
  /** What goes into it, in its order. */
  lanes: { laneId: string; in: number; of: number; tokens: number; budget: number }[]
  /** The latest ones. */
  listed: ViewMessage[]
  /** How many more are counted. */
  unlisted: number
  /** What stands in place of older messages. */
  summaries: ViewSummary[]
  /** Words that are in the view once. */
  repeats: { messageId: string; author: string; sameAs: string; characters: number; saved: number }[]
}

export interface ViewMessage {
  messageId: string
  laneId: string
  seq: number
  role: 'user' | 'assistant'
  author: PersonRef
  tokens: number
  in: boolean
  /** Why it is not in. */
  why?: 'NOT_DONE' | 'RETRACTED' | 'BUDGET' | 'SUMMARISED' | 'OTHER_READERS' | undefined
}

export interface ViewSummary {
  laneId: string
  fromSeq: number
  throughSeq: number
  by: 'model' | 'extract'
  tokens: number
  /** Each with the userIds of who said it (nobody: the assistant), and the ids of the messages that it comes from. */
  claims: { text: string; authors: string[]; sources: string[] }[]
}

export interface OlderMessages {
  messages: readonly Message[]
  /** Whether there are still older ones. */
  more: boolean
}

/** A text that people write together, before one of them submits it. */
export interface BoardDraft {
  draftId: string
  /** userId of the person who put it there. */
  owner: string
  text: Y.Text
}

/**
 * Where the prompters of a lane write together; connected while at least one handle to it is open. Its doc
 * is replaced when the server starts the board anew: `doc`, `awareness` and every `text` are then other objects
 * with the same content, and subscribers are called.
 */
export interface Board {
  /** Resolves when it is up to date for the first time. */
  readonly ready: Promise<void>
  readonly doc: Y.Doc
  /** Cursors; the server writes `user` into the states of others. */
  readonly awareness: Awareness
  /** True for who may not write: nothing that is written here then leaves. */
  readonly readOnly: boolean
  /** Why it is over for good, such as `BOARD_FULL` or `REVOKED`; what is written stays here, and leaves no more. */
  readonly error: ColloquyError | null
  draft(draftId: string): BoardDraft | null
  /** The same array until a draft comes, goes or is replaced. */
  drafts(): readonly BoardDraft[]
  /**
   * Makes sure that there is such a draft; a new one is the caller's own. @returns its id
   * @throws ColloquyError `FORBIDDEN` for a viewer, `NOT_READY` before it is known who writes
   */
  open(draftId?: string): string
  remove(draftId: string): void
  /** Calls `fn` after every change, of text, too. @returns how to stop it */
  subscribe(fn: () => void): () => void
  /** Gives this handle back. */
  close(): void
}

export interface Session {
  /** As it was given to `connect`. */
  readonly id: string
  /**
   * Resolves when the transcript is up to date for the first time; rejects with a ColloquyError when the
   * person has no access.
   */
  readonly ready: Promise<void>
  snapshot(): Snapshot
  /** Calls `fn` after changes, at most once a frame. @returns how to stop it */
  subscribe(fn: (snapshot: Snapshot) => void): () => void
  /**
   * Resolves once the prompt is durable. Written offline, it waits and is sent once, also after a reload.
   * @throws ColloquyError with the server's code when it was refused: it is then not kept.
   */
  prompt(text: string, options?: PromptOptions): Promise<SubmittedPrompt>
  /**
   * Drops a prompt that waits to be sent, or that was refused.
   * @returns false when it is known to have arrived: it is in the queue now
   */
  discard(commandId: string): Promise<boolean>
  /** As on a `SubmittedPrompt`, for any prompt in the queue that one may change. */
  edit(promptId: string, text: string): Promise<void>
  withdraw(promptId: string): Promise<void>
  move(promptId: string, before: string | null): Promise<void>
  /** Stops an answer that runs or waits. @throws ColloquyError `TURN_ENDED` */
  cancel(turnId: string): Promise<void>
  /**
   * Lets a call run, once. These three are for whom the call waits for (`toolMetadata.approver`).
   * @throws ColloquyError `CALL_DECIDED`, `CALL_CHANGED`, `APPROVAL_EXPIRED`, `TURN_ENDED`, `FORBIDDEN`
   */
  allowCall(call: CallRef): Promise<void>
  /** The call ends as `denied`, and the answer goes on without it. */
  denyCall(call: CallRef): Promise<void>
  /**
   * For the author of the turn: in place of this call another one, with these arguments, waits for consent.
   * @throws ColloquyError as `allowCall`, and `MALFORMED` or `TOO_LARGE` for arguments that are no JSON object
   */
  editCall(call: CallRef, args: Record<string, unknown>): Promise<void>
  retract(messageId: string): Promise<void>
  /** Appends a copy of a message where these people read it. @throws ColloquyError `AUDIENCE_UNKNOWN`, `LANES_FULL` */
  share(messageId: string, audience: Audience): Promise<SharedMessage>
  /** Copies a lane, up to the message with lane `seq` `seq`, into a session of one's own. @returns the id of that */
  fork(laneId: string, seq: number, title?: string): Promise<string>
  /** What the assistant would be given for one's next prompt in this lane; default main. */
  view(laneId?: string): Promise<View>
  /** For moderators: stops all of a person's turns, also those that one may not read. */
  stopAll(userId: string): Promise<void>
  /** `expiresIn` in ms. */
  invite(options: { role: Role; expiresIn: number; uses: number }): Promise<Invite>
  /** Reads what comes before the oldest message and adds it to the snapshot's, of all lanes. */
  older(): Promise<OlderMessages>
  /** Told to those whom the draft is for: about a private one nobody else hears. */
  setTyping(typing: boolean, audience?: Audience): void
  /** Asks for the board of a lane, default main; to be closed when it is no longer needed. */
  board(laneId?: string): Board
  /** Leaves the session. Unsent prompts stay in storage for the next `connect` of the same person. */
  close(): void
  /** Leaves, and deletes what this person's sessions left in this browser, but not unsent prompts. */
  signOut(): Promise<void>
}
