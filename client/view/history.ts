import type { MessagesAnswer } from '@colloquy/shared/answers'
import type { Message, OlderMessages } from '../types.ts'
import { joinParts, type SourcePart } from './parts.ts'

type ReadPage = (before: number) => Promise<MessagesAnswer>

/** Pages that `upTo` reads at most: past them the reader scrolls again. */
const MAX_PAGES = 20

/** The messages before the lane doc's segment, as far as somebody has looked back. */
export class History {
  readonly #read: ReadPage
  #messages: readonly Message[] = []
  /** Where the next page ends; null: nothing is older; undefined: nothing was read yet. */
  #before: number | null | undefined
  #reading: Promise<OlderMessages> | null = null

  constructor(read: ReadPage) {
    this.#read = read
  }

  /** Oldest first; the same array until a page is added. */
  get messages(): readonly Message[] {
    return this.#messages
  }

  /** Reads one page more. `firstSeq` is the lane `seq` that the doc begins with. */
  older(firstSeq: number): Promise<OlderMessages> {
    this.#reading ??= this.#older(firstSeq).finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  /** Reads back to the message with lane `seq` `seq`. */
  async upTo(seq: number, firstSeq: number): Promise<void> {
    for (let page = 0; page < MAX_PAGES && (this.#messages[0]?.metadata.seq ?? firstSeq) > seq; page++) {
      if (!(await this.older(firstSeq)).more) return
    }
  }

  async #older(firstSeq: number): Promise<OlderMessages> {
    const before = this.#before === undefined ? firstSeq : this.#before
    // Sequences start at 1.
    if (before === null || before <= 1) return { messages: [], more: false }
    const page = await this.#read(before)
    const messages = page.messages.map(toMessage)
    this.#messages = [...messages, ...this.#messages]
    this.#before = page.before
    return { messages, more: page.before !== null }
  }
}

/** A message of the HTTP surface as the snapshot shows it. */
export function toMessage(answer: MessagesAnswer['messages'][number]): Message {
  return {
    id: answer.id,
    role: answer.role,
    // The same JSON; zod writes absent fields as `undefined` ones, and a call's states as one.
    metadata: answer.metadata as Message['metadata'],
    parts: joinParts(answer.parts as SourcePart[]),
  }
}
