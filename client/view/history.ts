import type { MessagesAnswer } from '@colloquy/shared/answers'
import type { InLane, Message } from '../types/index.ts'
import { joinParts, type SourcePart } from './parts.ts'

type ReadPage = (before: number) => Promise<MessagesAnswer>

/** Pages that `back` reads at most: past them the reader scrolls again. */
const MAX_PAGES = 20

/** The messages before the lane doc's segment, as far as somebody has looked back. */
export class History {
  readonly #read: ReadPage
  readonly #where: InLane
  #messages: readonly Message[] = []
  /** Where the next page ends; null: nothing is older; undefined: nothing was read yet. */
  #before: number | null | undefined
  #reading: Promise<readonly Message[]> | null = null

  constructor(where: InLane, read: ReadPage) {
    this.#where = where
    this.#read = read
  }

  /** Oldest first; the same array until a page is added. */
  get messages(): readonly Message[] {
    return this.#messages
  }

  /** Whether there are older ones still. `firstSeq` is the lane `seq` that the doc begins with. */
  more(firstSeq: number): boolean {
    // Sequences start at 1.
    return (this.#before === undefined ? firstSeq : (this.#before ?? 0)) > 1
  }

  /** Reads one page more. */
  older(firstSeq: number): Promise<readonly Message[]> {
    this.#reading ??= this.#older(firstSeq).finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  /** Reads back until `reached` says that it is enough. */
  async back(
    firstSeq: number,
    reached: (oldest: Message | undefined) => boolean,
  ): Promise<readonly Message[]> {
    const before = this.#messages.length
    for (let page = 0; page < MAX_PAGES && this.more(firstSeq) && !reached(this.#messages[0]); page++) {
      await this.older(firstSeq)
    }
    return this.#messages.slice(0, this.#messages.length - before)
  }

  async #older(firstSeq: number): Promise<readonly Message[]> {
    if (!this.more(firstSeq)) return []
    const page = await this.#read(this.#before ?? firstSeq)
    const messages = page.messages.map((answer) => toMessage(answer, this.#where))
    this.#messages = [...messages, ...this.#messages]
    this.#before = page.before
    return messages
  }
}

/** A message of the HTTP surface as the snapshot shows it. */
export function toMessage(answer: MessagesAnswer['messages'][number], where: InLane): Message {
  return {
    ...where,
    id: answer.id,
    role: answer.role,
    // The same JSON; zod writes absent fields as `undefined` ones, and a call's states as one.
    metadata: answer.metadata as Message['metadata'],
    parts: joinParts(answer.parts as SourcePart[]),
  }
}
