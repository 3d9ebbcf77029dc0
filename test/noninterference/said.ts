import type { Claimed, Claims } from './claims.ts'
import type { Deed, History, Ref, Secret, Side } from './history.ts'
import { userIds } from './play.ts'
import { promptText, type Words } from './script.ts'

const NOTHING: Claimed = {
  ...{ sessionId: 's_none', laneId: 'l_none', promptId: 'p_none', turnId: 't_none' },
  ...{ questionId: 'm_none', answerId: 'm_none', author: 'nobody', seq: 0, number: null },
}

/** What was said in a history so far, for acts that refer to it. */
export class Said {
  readonly #history: History
  readonly #side: Side
  readonly #claims: Claims
  /** The promptId that each text was given, by its number. */
  readonly #promptIds: (string | undefined)[] = []
  /** Who wrote the prompt with each number. */
  readonly #authors: number[] = []
  /** The numbers of prompts that were submitted; the others are edits. */
  readonly #asked: number[] = []
  /** True for texts that are the same in both runs. */
  readonly #plain: boolean[] = []

  constructor(history: History, side: Side, claims: Claims) {
    this.#history = history
    this.#side = side
    this.#claims = claims
  }

  /** The next text, with a number of its own. */
  text(words: Words, secret: Secret | null): string {
    this.#promptIds.push(undefined)
    this.#plain.push(secret === null)
    return promptText(this.#promptIds.length - 1, secret?.[this.#side] ?? words)
  }

  /** The last text is a prompt of this person. @returns what to call with the id that it was given */
  asks(author: number): (promptId: string | undefined) => void {
    const number = this.#promptIds.length - 1
    this.#asked.push(number)
    this.#authors[number] = author
    return (promptId) => {
      this.#promptIds[number] = promptId
    }
  }

  /** True for a text that is another in the other run. */
  isSecret(number: number): boolean {
    return this.#plain[number] === false
  }

  isPlain(ref: Ref): boolean {
    return this.#plain[this.#numberOf(ref)] ?? false
  }

  authorOf(deed: Deed): number {
    const ref = 'ref' in deed ? deed.ref : null
    return (ref && this.#authors[this.#numberOf(ref)]) ?? 0
  }

  claimed(ref: Ref): Claimed {
    return this.#claims.ofNumber(this.#numberOf(ref))[ref.turn] ?? NOTHING
  }

  waiting(ref: Ref): { promptId: string; laneId: string } {
    const promptId = this.#promptIds[this.#numberOf(ref)] ?? NOTHING.promptId
    return { promptId, laneId: this.#claims.laneOfPrompt(promptId) ?? NOTHING.laneId }
  }

  message(ref: Ref): string {
    const { questionId, answerId } = this.claimed(ref)
    return ref.part === 'question' ? questionId : answerId
  }

  onlyInsidersRead(sessionId: string, laneId: string): boolean {
    const audience = this.#claims.audience(sessionId, laneId)
    return audience !== 'everyone' && audience.every((id) => userIds(this.#history.insiders).includes(id))
  }

  #numberOf({ prompt }: Ref): number {
    return this.#asked.at(prompt % Math.max(1, this.#asked.length)) ?? 0
  }
}
