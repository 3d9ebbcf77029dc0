import type { Audience } from '@colloquy/shared/audience'
import type { Role } from '@colloquy/shared/roles'
import type { Board } from './board.ts'
import type { PromptOptions, SubmittedPrompt } from './prompt.ts'
import type { Message, Snapshot } from './snapshot.ts'
import type { View } from './view.ts'

/** A call that waits for somebody's consent: consent is given to exactly the arguments that were shown. */
export interface CallRef {
  /** `metadata.turnId` of its message. */
  turnId: string
  /** `toolCallId` of its part. */
  callId: string
  /** `toolMetadata.argsHash` of its part. */
  argsHash: string
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

export interface OlderMessages {
  messages: readonly Message[]
  /** Whether there are still older ones. */
  more: boolean
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
   * Asks the question of this message, or of the answer that it is, once more as a prompt of one's own, among the same
   * readers. Unlike `prompt` it is not kept when the server is away.
   * @throws ColloquyError `ALREADY_RETRACTED`, `MESSAGE_STREAMING`, and as `prompt`
   */
  regenerate(messageId: string, options?: { model?: string }): Promise<SubmittedPrompt>
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
