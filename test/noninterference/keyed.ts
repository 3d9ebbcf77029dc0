import { createHash } from 'node:crypto'
import type { Clock, NewId } from '../../server/clock.ts'

/**
 * Ids and random numbers that follow from what they are for: they are the same in two runs of a history, however many
 * are drawn for something else. A server draws from a source that nobody can foresee, whose values tell nothing.
 *
 * An id is keyed by (scope, purpose, time, index at that time): a person's second choice of readers is the same in both
 * runs, also where one of them had the first lane already. What a prompt has is keyed without the time: it may have
 * waited longer in one of them.
 */
export class Keyed {
  readonly #clock: Clock
  readonly #counts = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly newId: NewId = (prefix, scope = '') => {
    const when = scope.startsWith('p_') ? 'ever' : this.#clock.now()
    return `${prefix}_${this.#next(`id ${prefix} ${scope} ${when}`).slice(0, 20)}`
  }

  /** From 0 to 1, by (scope, index). */
  readonly random = (scope = ''): number =>
    Number.parseInt(this.#next(`random ${scope}`).slice(0, 8), 16) / 2 ** 32

  #next(purpose: string): string {
    const index = this.#counts.get(purpose) ?? 0
    this.#counts.set(purpose, index + 1)
    return digest(`${purpose} ${index}`)
  }
}

export function digest(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}
