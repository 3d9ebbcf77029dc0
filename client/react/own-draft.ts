import type { Session, Storage } from '../types/index.ts'
import { Keeper, type KeptDraft, type KeptShare } from './keeper.ts'

/**
 * What one person writes under one key: a text that is only here, and what they have put on the boards of lanes. Each
 * stays in its place, so that what was written for some comes to no others; it is found again after a reload.
 */
export class OwnDraft {
  readonly #keeper: Keeper
  readonly #subscribers = new Set<() => void>()
  readonly #shared = new Map<string, KeptShare>()
  #text = ''

  constructor(session: Session, storage: Storage, key: string) {
    this.#keeper = new Keeper(session, storage, key)
    this.#keeper.start((kept) => this.#restore(kept))
  }

  /** Told after every change. */
  subscribe(fn: () => void): void {
    this.#subscribers.add(fn)
  }

  /** What stands on this lane's board, as it is known here; also while the board is away. */
  on(laneId: string | null): KeptShare | undefined {
    return laneId === null ? undefined : this.#shared.get(laneId)
  }

  textFor(laneId: string | null): string {
    return this.on(laneId)?.text ?? this.#text
  }

  write(laneId: string | null, text: string): void {
    const share = this.on(laneId)
    if (laneId !== null && share) this.#shared.set(laneId, { ...share, text })
    else this.#text = text
    this.#changed()
  }

  /** It stands on the board now. */
  put(laneId: string, draftId: string): void {
    const text = this.textFor(laneId)
    if (!this.#shared.has(laneId)) this.#text = ''
    this.#shared.set(laneId, { draftId, text, base: text })
    this.#changed()
  }

  /** What all have written on the board. `confirmed`: the server has it. */
  follow(laneId: string, text: string, confirmed: boolean): void {
    const share = this.#shared.get(laneId)
    if (!share) return
    const base = confirmed ? text : share.base
    if (share.text === text && share.base === base) return
    this.#shared.set(laneId, { ...share, text, base })
    this.#changed()
  }

  /** It stands on the board no more. `words`: what its author goes on with, behind what is here. */
  takeBack(laneId: string, words: string): void {
    if (!this.#shared.delete(laneId)) return
    if (words !== '') this.#text = behind(this.#text, words)
    this.#changed()
  }

  /** Only these lanes are left: what stood on the boards of others comes back to its author. */
  keepTo(lanes: readonly { laneId: string }[]): void {
    for (const [laneId, { text }] of this.#shared) {
      if (!lanes.some((lane) => lane.laneId === laneId)) this.takeBack(laneId, text)
    }
  }

  #restore(kept: KeptDraft): void {
    // Written before it was known who writes: both stay.
    this.#text = this.#text === '' ? kept.text : `${kept.text}\n${this.#text}`
    for (const [laneId, share] of kept.shared) {
      if (!this.#shared.has(laneId)) this.#shared.set(laneId, share)
    }
    this.#changed()
  }

  #changed(): void {
    this.#keeper.keep({ text: this.#text, shared: this.#shared })
    for (const fn of this.#subscribers) fn()
  }
}

/** So that a cursor in what is written now stays where it is. */
export function behind(now: string, words: string): string {
  return now.trim() === '' ? words : `${now}\n\n${words}`
}
