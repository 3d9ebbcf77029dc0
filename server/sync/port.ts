import type { Audience, CloseCode, PersonRef, Role } from '@colloquy/shared'
import type * as Y from 'yjs'
import type { SharedBoard } from './shared-board.ts'

/**
 * What the sync side needs of the sessions, and the other way round. Both sides depend on this page and not
 * on each other.
 */

/** A doc as a room serves it. */
export interface LaneSource {
  readonly doc: Y.Doc
  /**
   * Resolves once everything now in `doc` is durable; rejects when the session was dropped from memory.
   * Nothing made from `doc` may leave before.
   */
  settled(): Promise<void>
}

/** What a room asks of a session that is in memory. */
export interface RoomSession {
  readonly sessionId: string
  /** Another number whenever who may read what may have changed. */
  readonly rights: number
  /** The caller's role now; undefined when not a member. */
  role(userId: string): Role | undefined
  /** The lane doc of this name, or null when the name is not a current incarnation that the person may read. */
  lane(doc: string, userId: string): LaneSource | null
  /** Where the board of this name is kept, or null as above. */
  board(doc: string, userId: string): BoardPlace | null
}

export interface BoardPlace {
  laneId: string
  /** Nominal: nobody else has ever written on it. */
  audience: Audience
  load(): Promise<Uint8Array | null>
  save(state: Uint8Array): Promise<void>
  /** The same board at other servers, where there can be some. */
  shared?: SharedBoard | undefined
  /**
   * Begins a new incarnation that starts from `state`, or from the drafts on it where others write on it too; its readers
   * are sent to it with 4410.
   */
  roll(state: Uint8Array | null): Promise<void>
}

/** How the sync side finds a session: loads it when it is not in memory. @throws ColloquyError */
export type OpenSession = (sessionId: string) => Promise<RoomSession>

/** What a session tells the rooms; every call concerns durable facts only, in order. */
export interface Rooms {
  /** Sends an update of a lane doc to its readers. `stateVector` is the doc's right after this update. */
  publish(doc: string, update: Uint8Array, stateVector: Uint8Array): void
  /** Closes every connection of a doc, after what was published before. */
  retire(doc: string, code: CloseCode): void
  /** Terminates every connection of a person in a session with 4409; nothing more is sent to them. */
  revoke(sessionId: string, userId: string): void
  /** Tells these people's connections that what they may read has changed. */
  ring(sessionId: string, userIds: readonly string[]): void
  /** Ends a person's connections to docs that they no longer read, at once; nothing more is sent to those. */
  recheck(sessionId: string, userId: string): void
  /** Begins new incarnations of a session's open boards: somebody who could write on them no longer may. */
  rollBoards(sessionId: string): void
  /** The drafts of a board as a doc without history. */
  rebuilt(board: Uint8Array): Uint8Array
  /** The session left memory (its store failed): its docs are stale, nothing may be served from them. */
  suspend(sessionId: string): void
  /** The session is back: readers get what they lack by state difference. */
  resume(session: RoomSession): void
  /** Who is in the session's main room, by name, each once: what all its members see. */
  here(sessionId: string): PersonRef[] | Promise<PersonRef[]>
  /** Connections that are open in a session now: it stays in memory while there are any. */
  connections(sessionId: string): number
}
