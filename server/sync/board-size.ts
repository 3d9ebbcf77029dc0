import * as Y from 'yjs'
import { rebuildBoard } from './drafts.ts'

/** A board whose live drafts take this part of the limit is full: rebuilding it would soon be due again. */
const MOSTLY_LIVE = 7 / 8
/** Bytes of a doc that never held anything. */
const BLANK_BYTES = 2

/** How large a board's doc is: measured now and then, and never less than it has in between. */
export class BoardSize {
  readonly #doc: Y.Doc
  readonly #limit: number
  /** Bytes when last measured, and of the updates since. */
  #measured = BLANK_BYTES
  #grown = 0
  #full = false

  constructor(doc: Y.Doc, limitBytes: number) {
    this.#doc = doc
    this.#limit = limitBytes
  }

  /** Live drafts alone are over the limit: only deletes are to be taken. */
  get full(): boolean {
    return this.#full
  }

  get blank(): boolean {
    return this.#measured + this.#grown <= BLANK_BYTES
  }

  loaded(bytes: number): void {
    this.#measured = bytes
  }

  grew(bytes: number): void {
    this.#grown += bytes
  }

  /** The whole doc, measured by the way. */
  encode(): Uint8Array {
    const state = Y.encodeStateAsUpdate(this.#doc)
    this.#measured = state.length
    this.#grown = 0
    return state
  }

  /** Null when it fits, or is `full`; else its drafts without their history, as the start of another doc. */
  overgrown(): Uint8Array | null {
    // Pending structs raise no `update` event, so they are looked at by themselves.
    const { pendingStructs, pendingDs } = this.#doc.store
    const pending = (pendingStructs?.update.length ?? 0) + (pendingDs?.length ?? 0)
    if (this.#measured + this.#grown + pending < this.#limit) return null
    if (this.encode().length < this.#limit) {
      this.#full = false
      return null
    }
    const rebuilt = rebuildBoard(this.#doc)
    this.#full = rebuilt.length >= this.#limit * MOSTLY_LIVE
    return this.#full ? null : rebuilt
  }
}
