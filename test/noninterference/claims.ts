import { type Audience, MAIN_LANE, sameAudience } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Append } from '../../server/journal/journal.ts'
import { MemoryJournal, type MemoryStore } from '../kit/memory-journal.ts'
import { numberOf } from './script.ts'

/** A turn as the journal has it. */
export interface Claimed {
  sessionId: string
  laneId: string
  promptId: string
  turnId: string
  questionId: string
  answerId: string
  author: string
  /** `seq` of the question. */
  seq: number
  /** The number in the prompt's text. */
  number: number | null
}

/** A journal that remembers which turns there were in which lanes, and for whom the lanes are. */
export class ClaimsJournal extends MemoryJournal {
  readonly claims: Claimed[] = []
  readonly #lanesOfPrompts = new Map<string, string>()
  readonly #audiences = new Map<string, Audience>()
  readonly #store: MemoryStore

  constructor(store: MemoryStore) {
    super(store)
    this.#store = store
  }

  override async append(stream: string, batch: Append): Promise<number> {
    const appended = super.append(stream, batch)
    for (const { event } of batch.events) this.#note(stream, event as SessionEvent)
    return appended
  }

  audience(sessionId: string, laneId: string): Audience {
    return laneId === MAIN_LANE ? 'everyone' : (this.#audiences.get(`${sessionId} ${laneId}`) ?? 'everyone')
  }

  /** Where a prompt waits, or was when it was last heard of. */
  laneOfPrompt(promptId: string): string | undefined {
    return this.#lanesOfPrompts.get(promptId)
  }

  /** The turns of the prompt with this number, oldest first: a second one where the first was narrowed. */
  ofNumber(number: number): Claimed[] {
    return this.claims.filter((claim) => claim.number === number)
  }

  /** The last turn of this person with a question at this place of a lane of these readers. */
  at(author: string, seq: number, readers: Audience): Claimed | undefined {
    const isIt = (claim: Claimed) => claim.author === author && claim.seq === seq
    return this.claims.findLast(
      (claim) => isIt(claim) && sameAudience(this.audience(claim.sessionId, claim.laneId), readers),
    )
  }

  #note(sessionId: string, event: SessionEvent): void {
    if (event.type === 'lane.opened') this.#audiences.set(`${sessionId} ${event.laneId}`, event.audience)
    if (event.type === 'prompt.accepted') this.#lanesOfPrompts.set(event.promptId, event.laneId)
    if (event.type === 'turn.narrowed') this.#lanesOfPrompts.set(event.promptId, event.intoLaneId)
    if (event.type !== 'turn.claimed') return
    const { laneId, promptId, turnId, questionId, answerId, cell, seq } = event
    const number = numberOf(this.#store.textOf(sessionId, cell) ?? '')
    const author = event.author.id
    this.claims.push({ sessionId, laneId, promptId, turnId, questionId, answerId, author, seq, number })
  }
}
