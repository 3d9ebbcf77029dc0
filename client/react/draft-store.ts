import { ColloquyError } from '../errors.ts'
import { rebaseText, replaceText } from '../sync/drafts.ts'
import type { Board, BoardDraft, Session } from '../types/index.ts'
import type { KeptShare } from './keeper.ts'
import { behind, type OwnDraft } from './own-draft.ts'
import type { SharedDraft } from './types.ts'
import { Watched } from './watched.ts'

const NONE: readonly never[] = []

/** What a draft looks like now; another object after every change. */
export interface DraftView {
  text: string
  sharedId: string | null
  shared: SharedDraft | null
  others: readonly SharedDraft[]
  error: ColloquyError | null
}

/**
 * One's own draft for the readers of a lane. It is local until it is shared; then the text on the lane's board is the
 * draft, and what is here follows it, so that nothing is lost when the board is.
 */
export class DraftStore extends Watched<DraftView> {
  readonly #session: Session
  readonly #own: OwnDraft
  readonly #laneId: string | null
  /** The draft that was found on the board, and has got what had been written here before. */
  #metId: string | null = null
  /** Drafts that are to be removed from the board once it is here. */
  #unwanted: string[] = []
  #board: Board | null = null
  #boardReady = false
  /** Why writing together ended, until it is tried again. */
  #error: ColloquyError | null = null

  /** @param laneId null: there is no lane yet, and so no board */
  constructor(session: Session, own: OwnDraft, laneId: string | null) {
    super({ text: '', sharedId: null, shared: null, others: NONE, error: null })
    this.#session = session
    this.#own = own
    this.#laneId = laneId
    own.subscribe(() => {
      this.#meet()
      this.#changed()
    })
    this.#changed()
  }

  setText(text: string): void {
    const draft = this.#draft()
    if (!draft) this.#own.write(this.#laneId, text)
    else if (!this.#board?.readOnly) replaceText(draft.text, text)
  }

  giveBack(text: string): void {
    this.setText(behind(this.#draft()?.text.toString() ?? this.#own.textFor(this.#laneId), text))
  }

  clear(): void {
    if (!this.#share) this.#own.write(this.#laneId, '')
    else this.#leave('').catch(() => {})
  }

  async share(): Promise<void> {
    this.#error = null
    const laneId = this.#laneId
    const board = this.#open()
    if (!board || laneId === null) throw new ColloquyError('NOT_FOUND', 'there is no lane yet, and no board')
    await board.ready
    if (this.#draft()) return
    // Subscribers find it complete.
    board.doc.transact(() => {
      const draftId = board.open()
      board.draft(draftId)?.text.insert(0, this.#own.textFor(laneId))
      this.#metId = draftId
      this.#own.put(laneId, draftId)
    })
    this.#changed()
  }

  async unshare(): Promise<void> {
    if (this.#share) await this.#leave(this.#draft()?.text.toString() ?? this.#share.text)
  }

  get #share(): KeptShare | undefined {
    return this.#own.on(this.#laneId)
  }

  /** Off the board, also where nobody looks at it any more. `words`: what its author goes on with. */
  async #leave(words: string): Promise<void> {
    this.#toLocal(words)
    this.#removeUnwanted()
    if (this.#unwanted.length === 0) return
    await this.#open()?.ready
    this.#removeUnwanted()
    if (!this.watched) this.#close()
  }

  #toLocal(words: string): void {
    if (this.#laneId === null || !this.#share) return
    this.#unwanted.push(this.#share.draftId)
    this.#own.takeBack(this.#laneId, words)
  }

  /** Shows what is on the board while somebody looks. */
  protected enter(): () => void {
    let here = true
    const stop = this.#session.subscribe(() => this.#lookForLanes())
    // Together with the transcript's own first connection it would only slow that down.
    this.#session.ready.then(
      () => {
        if (!here) return
        this.#lookForLanes()
        this.#open()
        this.#follow()
      },
      () => {},
    )
    return () => {
      here = false
      stop()
      this.#close()
      this.#changed()
    }
  }

  /** Which there are is known for certain while the session is connected. */
  #lookForLanes(): void {
    const { connection, lanes } = this.#session.snapshot()
    if (connection.state === 'live') this.#own.keepTo(lanes)
  }

  #open(): Board | null {
    if (this.#laneId === null) return null
    if (this.#board && !this.#board.error) return this.#board
    this.#close()
    const board = this.#session.board(this.#laneId)
    this.#board = board
    board.subscribe(() => this.#follow())
    board.ready.then(
      () => {
        if (this.#board !== board) return
        this.#boardReady = true
        this.#removeUnwanted()
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
    this.#metId = null
  }

  /** The shared draft, if the board is there and has it. */
  #draft(): BoardDraft | null {
    if (!this.#share || !this.#board || !this.#boardReady) return null
    return this.#board.draft(this.#share.draftId)
  }

  /** What had been written and had not reached the board, as before a reload, gets there. */
  #meet(): void {
    const draft = this.#draft()
    if (!draft || !this.#share || this.#metId === draft.draftId) return
    this.#metId = draft.draftId
    const { text, base } = this.#share
    if (text !== base && !this.#board?.readOnly) rebaseText(draft.text, base, text)
  }

  #follow(): void {
    this.#meet()
    const draft = this.#draft()
    const error = this.#board?.error
    if (error && isForGood(error)) this.#lose(error, draft)
    else if (draft && this.#laneId !== null) {
      const confirmed = this.#session.snapshot().connection.state === 'live'
      this.#own.follow(this.#laneId, draft.text.toString(), confirmed)
    } else if (this.#share && this.#laneId !== null && this.#boardReady) {
      // Somebody took it away: what it said is still the author's.
      this.#own.takeBack(this.#laneId, this.#share.text)
    }
    this.#changed()
  }

  /** What is written stays with its author, and whoever looks goes on seeing what others write. */
  #lose(error: ColloquyError, draft: BoardDraft | null): void {
    this.#error = error
    this.#toLocal(draft?.text.toString() ?? this.#share?.text ?? '')
    this.#close()
    if (this.watched) this.#open()
  }

  #removeUnwanted(): void {
    if (!this.#board || !this.#boardReady || this.#board.readOnly) return
    for (const draftId of this.#unwanted.splice(0)) this.#board.remove(draftId)
  }

  #changed(): void {
    const next = this.#look()
    const now = this.read()
    const parts = ['text', 'sharedId', 'shared', 'others', 'error'] as const
    if (parts.some((part) => next[part] !== now[part])) this.show(next)
  }

  /** The view now; parts that did not change keep their identity. */
  #look(): DraftView {
    const board = this.#board
    const error = this.#error ?? board?.error ?? null
    const text = this.#own.textFor(this.#laneId)
    const sharedId = this.#share?.draftId ?? null
    if (!board || !this.#boardReady || board.error) {
      return { text, sharedId, shared: null, others: NONE, error }
    }
    const { shared: before, others: beforeOthers } = this.read()
    const known = new Map([...beforeOthers, ...(before ? [before] : [])].map((each) => [each.draftId, each]))
    const drafts = board.drafts().map((draft) => {
      const same = known.get(draft.draftId)
      return same?.text === draft.text && same.board === board
        ? same
        : { ...draft, awareness: board.awareness, board }
    })
    const shared = drafts.find(({ draftId }) => draftId === sharedId) ?? null
    const others = drafts.filter(({ draftId }) => draftId !== sharedId)
    const unchanged =
      others.length === beforeOthers.length && others.every((each, i) => each === beforeOthers[i])
    return { text, sharedId, shared, others: unchanged ? beforeOthers : others, error }
  }
}

/** The board will not take this person's writing again; others are away for now. */
function isForGood(error: ColloquyError): boolean {
  return error.code === 'FORBIDDEN' || error.code === 'BOARD_FULL'
}
