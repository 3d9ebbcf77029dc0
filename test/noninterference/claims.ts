import { type Audience, MAIN_LANE, sameAudience } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Append, Journal } from '../../server/journal/journal.ts'
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

/** Which turns there were in which lanes, and for whom the lanes are, as a journal is told. */
export class Claims {
  readonly all: Claimed[] = []
  readonly #lanesOfPrompts = new Map<string, string>()
  readonly #audiences = new Map<string, Audience>()
  readonly #openings = new Map<string, number>()
  /** The number in the text of each cell that holds a prompt. */
  readonly #numbers = new Map<string, number | null>()

  /** What was journaled, in words. */
  readonly happened: string[] = []

  #told = Promise.withResolvers<void>()

  /** Resolves when the journal is next told of something. */
  next(): Promise<void> {
    return this.#told.promise
  }

  /** The same journal; what it takes is noted here. */
  watch(journal: Journal): Journal {
    return new Proxy(journal, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          if (key === 'append') this.#note(args[0] as string, args[1] as Append)
          return value.apply(target, args)
        }
      },
    })
  }

  audience(sessionId: string, laneId: string): Audience {
    return laneId === MAIN_LANE ? 'everyone' : (this.#audiences.get(`${sessionId} ${laneId}`) ?? 'everyone')
  }

  /** When a lane was made, in virtual time; one that is not known was always there. */
  openedAt(sessionId: string, laneId: string): number {
    return this.#openings.get(`${sessionId} ${laneId}`) ?? 0
  }

  /** Where a prompt waits, or was when it was last heard of. */
  laneOfPrompt(promptId: string): string | undefined {
    return this.#lanesOfPrompts.get(promptId)
  }

  /** The turns of the prompt with this number, oldest first: a second one where the first was narrowed. */
  ofNumber(number: number): Claimed[] {
    return this.all.filter((claim) => claim.number === number)
  }

  /** The last turn of this person with a question, of this number if it has one, at this place of a lane of these readers. */
  at(author: string, seq: number, readers: Audience, number: number | null): Claimed | undefined {
    const isIt = (claim: Claimed) =>
      claim.author === author && claim.seq === seq && (number === null || claim.number === number)
    return this.all.findLast(
      (claim) => isIt(claim) && sameAudience(this.audience(claim.sessionId, claim.laneId), readers),
    )
  }

  #wordsFor(sessionId: string, event: SessionEvent): string {
    const kind = (laneId: string) => (this.audience(sessionId, laneId) === 'everyone' ? 'everyone' : 'some')
    switch (event.type) {
      case 'view.compacted':
        return `${event.type} for ${kind(event.laneId)}`
      case 'lane.rolled':
        return `${event.type} ${event.doc} ${event.why}`
      case 'tool.approval':
        return `${event.type} ${event.decision}`
      case 'turn.ended':
        return `${event.type} ${event.end}`
      case 'entry.shared':
        return `${event.type} with ${kind(event.laneId)}`
      default:
        return event.type
    }
  }

  #note(sessionId: string, { events }: Append): void {
    this.#told.resolve()
    this.#told = Promise.withResolvers()
    for (const { event: each, body } of events) {
      const event = each as SessionEvent
      this.happened.push(this.#wordsFor(sessionId, event))
      if (body !== undefined && event.type.startsWith('prompt.'))
        this.#numbers.set(`${sessionId} ${each.cell}`, numberOf(body))
      if (event.type === 'lane.opened') {
        this.#audiences.set(`${sessionId} ${event.laneId}`, event.audience)
        this.#openings.set(`${sessionId} ${event.laneId}`, event.at)
      }
      if (event.type === 'prompt.accepted') this.#lanesOfPrompts.set(event.promptId, event.laneId)
      if (event.type === 'turn.narrowed') this.#lanesOfPrompts.set(event.promptId, event.intoLaneId)
      if (event.type !== 'turn.claimed') continue
      const { laneId, promptId, turnId, questionId, answerId, cell, seq } = event
      const number = this.#numbers.get(`${sessionId} ${cell}`) ?? null
      const author = event.author.id
      this.all.push({ sessionId, laneId, promptId, turnId, questionId, answerId, author, seq, number })
    }
  }
}
