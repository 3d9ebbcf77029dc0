import type { Principal } from '../access/principal.ts'
import type { Feed } from '../journal/feed.ts'
import type { SharedBoard } from '../sync/shared-board.ts'
import type { Command } from './api.ts'

/** What one process asks of another about a session; answered once, by whoever is named. */
export type Question =
  | { type: 'execute'; sessionId: string; actor: Principal; commandId: string; command: Command }
  /** Begins a new incarnation of a board that starts from `state`, base64. */
  | { type: 'board.roll'; sessionId: string; doc: string; state: string }
  /** Answered once whoever is asked has taken over everything up to there. */
  | { type: 'reached'; sessionId: string; position: number }

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
}

/** The other processes that share the store, as sessions need them. */
export interface Peers {
  readonly feed: Feed
  readonly boards: Boards
  /**
   * @throws ColloquyError what the other one answers; `STORE_UNAVAILABLE` when it does not answer: whether it did what
   *   it was asked is not known then
   */
  ask(node: string, question: Question): Promise<unknown>
}
