import type { State } from './state.ts'

/** What is read of a session in memory, whether this process writes it or follows it. */
export interface SessionMemory {
  readonly sessionId: string
  readonly state: State
  /** Texts by cell. */
  readonly bodies: ReadonlyMap<string, string>
  /** The position in the journal of everything applied so far: an event of now stands at most there. */
  readonly position: number
  /** Resolves once everything applied so far is durable; rejects when what is in memory is of no use any more. */
  settled(): Promise<void>
  /** @throws JournalError when it may be served no longer; that is then known everywhere */
  check(): void
  /**
   * Resolves once memory holds all that the session had become when this was called. Absent where nobody else writes it.
   */
  fresh?(): Promise<void>
}
