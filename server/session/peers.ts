import type { Principal } from '../access/principal.ts'
import type { Clock } from '../clock.ts'
import type { Feed } from '../journal/feed.ts'
import type { SharedBoard } from '../sync/shared-board.ts'
import type { Command } from './api.ts'

/** What one process asks of another about a session; answered once, by whoever is named. */
export type Question =
  | { type: 'execute'; sessionId: string; actor: Principal; commandId: string; command: Command }
  /** Begins a new incarnation of a board that starts from the drafts on it. */
  | { type: 'board.roll'; sessionId: string; doc: string }
  /** Answered once whoever is asked has taken over everything up to there. */
  | { type: 'reached'; sessionId: string; position: number }
  /** The same of the workspace, as it is now. */
  | { type: 'workspace' }

/** The answer to a command: what it answers, and the position behind which that shows. */
export interface Executed {
  result: unknown
  position: number
}

/** Boards that people at several servers write on. */
export interface Boards {
  shared(sessionId: string, doc: string): SharedBoard
  /** What was written lately and may not be saved yet, oldest first. */
  recent(sessionId: string, doc: string): Promise<Uint8Array[]>
  /** Nothing more is written on it: what it holds is what its next incarnation begins with. */
  close(sessionId: string, doc: string): Promise<void>
  /** Its next incarnation has begun: what was written on it is kept for as long as others may still read it. */
  forget(sessionId: string, doc: string): Promise<void>
  /** That came to nothing. */
  reopen(sessionId: string, doc: string): Promise<void>
}

/**
 * Who serves a stream that another process writes. Each may for a while that it has lengthened in time, so that whoever
 * takes something back can wait until it is told nowhere any more.
 */
export interface ReadLeases {
  /** How long a registration holds, in ms, from before it was asked for. */
  readonly ms: number
  /** @throws JournalError `UNAVAILABLE` */
  register(stream: string): Promise<Registered>
  /**
   * Resolves once each of the others has answered, or may not serve any more.
   * @throws JournalError `UNAVAILABLE`
   */
  confirm(stream: string, question: Question): Promise<void>
}

/** How the stream was when a process registered. */
export interface Registered {
  /** What was appended up to there, nobody waits for any more. */
  position: number
  owned: boolean
}

/** The other processes that share the store, as sessions need them. */
export interface Peers {
  /** Time as the store and the other processes have it. */
  readonly clock: Clock
  readonly feed: Feed
  readonly boards: Boards
  readonly readLeases: ReadLeases
  /**
   * @throws ColloquyError what the other one answers; `STORE_UNAVAILABLE` when it does not answer: whether it did what
   *   it was asked is not known then
   */
  ask(node: string, question: Question): Promise<unknown>
  /** Calls `tell` each time when the store may have lost something that it had acknowledged. */
  onLoss(tell: (error: Error) => void): void
}
