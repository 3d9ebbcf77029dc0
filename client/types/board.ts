import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { ColloquyError } from '../errors.ts'

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
