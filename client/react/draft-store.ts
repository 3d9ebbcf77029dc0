import type { ColloquyError } from '../errors.ts'
import { rebaseText, replaceText } from '../sync/drafts.ts'
import type { Board, BoardDraft, Session, Storage } from '../types/index.ts'
import { Keeper, type KeptDraft } from './keeper.ts'
import type { SharedDraft } from './types.ts'
import { Watched } from './watched.ts'

const NONE: readonly never[] = []

/** What a draft looks like now; another object after every change. */
export interface DraftView {
  text: string
  shared: SharedDraft | null
  others: readonly SharedDraft[]
  error: ColloquyError | null
}

/**
 * One's own draft in a session. It is local until it is shared; then the board's text is the draft, and what is
 * here follows it, so that nothing is lost when the board is.
 */
export class DraftStore extends Watched<DraftView> {
  readonly #session: Session
  readonly #keeper: Keeper
  #text = ''
  /** The draft's id on the board; also while the board is away. */
  #sharedId: string | null = null
  /** The text as the board had it when it was last connected: what differs from it is still to get there. */
  #base = ''
  /** Drafts that are to be removed from the board once it is here. */
  #unwanted: string[] = []
  #board: Board | null = null
  #boardReady = false
  /** Why writing together ended, until it is tried again. */
  #error: ColloquyError | null = null

  constructor(session: Session, storage: Storage, key: string) {
    super({ text: '', shared: null, others: NONE, error: null })
    this.#session = session
    this.#keeper = new Keeper(session, storage, key)
    this.#keeper.start((kept) => this.#restore(kept))
  }

  setText(text: string): void {
    const draft = this.#draft()
    if (draft) {
      if (!this.#board?.readOnly) replaceText(draft.text, text)
      return
    }
    this.#text = text
    this.#changed()
  }

  /** Behind what was written meanwhile, so that a cursor stays where it is. */
  giveBack(text: string): void {
    const now = this.#draft()?.text.toString() ?? this.#text
    this.setText(now.trim() === '' ? text : `${now}\n\n${text}`)
  }

  clear(): void {
    if (this.#sharedId !== null) this.#unwanted.push(this.#sharedId)
    this.#toLocal('')
    this.#removeUnwanted()
    this.#changed()
  }

  async share(): Promise<void> {
    this.#error = null
    const board = this.#open()
    await board.ready
    if (this.#draft()) return
    // Subscribers find it complete.
    board.doc.transact(() => {
      const draftId = board.open()
      board.draft(draftId)?.text.insert(0, this.#text)
      this.#sharedId = draftId
      this.#base = this.#text
    })
    this.#changed()
  }

  async unshare(): Promise<void> {
    if (this.#sharedId === null) return
    const draftId = this.#sharedId
    this.#toLocal(this.#draft()?.text.toString() ?? this.#text)
    this.#unwanted.push(draftId)
    this.#changed()
    await this.#open().ready
    this.#removeUnwanted()
  }

  #toLocal(text: string): void {
    this.#text = text
    this.#sharedId = null
    this.#base = ''
  }

  /** Shows what is on the board while somebody looks. */
  protected enter(): () => void {
    let here = true
    // Together with the transcript's own first connection it would only slow that down.
    this.#session.ready.then(
      () => {
        if (!here) return
        this.#open()
        this.#follow()
      },
      () => {},
    )
    return () => {
      here = false
      this.#close()
      this.#changed()
    }
  }

  #open(): Board {
    if (this.#board && !this.#board.error) return this.#board
    this.#close()
    const board = this.#session.board()
    this.#board = board
    board.subscribe(() => this.#follow())
    board.ready.then(
      () => {
        if (this.#board !== board) return
        this.#boardReady = true
        this.#removeUnwanted()
        this.#rejoin()
        this.#follow()
      },
      () => {},
    )
    return board
  }

  #close(): void {
    this.#board?.close()
    this.#board = null
    this.#boardReady = false
  }

  /** The shared draft, if the board is there and has it. */
  #draft(): BoardDraft | null {
    if (this.#sharedId === null || !this.#board || !this.#boardReady) return null
    return this.#board.draft(this.#sharedId)
  }

  /** After a reload: what had been written and had not reached the board gets there. */
  #rejoin(): void {
    const draft = this.#draft()
    if (draft && this.#text !== this.#base && !this.#board?.readOnly) {
      rebaseText(draft.text, this.#base, this.#text)
    }
  }

  #follow(): void {
    const draft = this.#draft()
    const error = this.#board?.error
    if (error && isForGood(error)) this.#lose(error, draft)
    else if (draft) {
      this.#text = draft.text.toString()
      if (this.#session.snapshot().connection.state === 'live') this.#base = this.#text
    } else if (this.#sharedId !== null && this.#boardReady) {
      // Somebody took it away: what it said is still the author's.
      this.#toLocal(this.#text)
    }
    this.#changed()
  }

  /** What is written stays with its author, and whoever looks goes on seeing what others write. */
  #lose(error: ColloquyError, draft: BoardDraft | null): void {
    this.#error = error
    if (this.#sharedId !== null) this.#unwanted.push(this.#sharedId)
    this.#toLocal(draft?.text.toString() ?? this.#text)
    this.#close()
    if (this.watched) this.#open()
  }

  #removeUnwanted(): void {
    if (!this.#board || !this.#boardReady || this.#board.readOnly) return
    for (const draftId of this.#unwanted.splice(0)) this.#board.remove(draftId)
  }

  #restore(kept: KeptDraft): void {
    // Written before it was known who writes: both stay.
    this.#text = this.#text === '' ? kept.text : `${kept.text}\n${this.#text}`
    this.#sharedId ??= kept.shared ?? null
    this.#base = kept.base ?? kept.text
    this.#rejoin()
    this.#follow()
  }

  #changed(): void {
    this.#keeper.keep({
      text: this.#text,
      ...(this.#sharedId === null ? {} : { shared: this.#sharedId }),
      ...(this.#sharedId === null || this.#base === this.#text ? {} : { base: this.#base }),
    })
    const next = this.#look()
    const { text, shared, others, error } = this.read()
    const same = next.text === text && next.shared === shared && next.others === others
    if (!same || next.error !== error) this.show(next)
  }

  /** The view now; parts that did not change keep their identity. */
  #look(): DraftView {
    const board = this.#board
    const error = this.#error ?? board?.error ?? null
    if (!board || !this.#boardReady || board.error)
      return { text: this.#text, shared: null, others: NONE, error }
    const { shared: before, others: beforeOthers } = this.read()
    const known = new Map([...beforeOthers, ...(before ? [before] : [])].map((each) => [each.draftId, each]))
    const drafts = board.drafts().map((draft) => {
      const same = known.get(draft.draftId)
      return same?.text === draft.text && same.board === board
        ? same
        : { ...draft, awareness: board.awareness, board }
    })
    const shared = drafts.find(({ draftId }) => draftId === this.#sharedId) ?? null
    const others = drafts.filter(({ draftId }) => draftId !== this.#sharedId)
    const unchanged =
      others.length === beforeOthers.length && others.every((each, i) => each === beforeOthers[i])
    return { text: this.#text, shared, others: unchanged ? beforeOthers : others, error }
  }
}

/** The board will not take this person's writing again; others are away for now. */
function isForGood(error: ColloquyError): boolean {
  return error.code === 'FORBIDDEN' || error.code === 'BOARD_FULL'
}
