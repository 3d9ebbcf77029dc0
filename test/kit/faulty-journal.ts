import { type Journal, JournalError } from '../../server/journal/journal.ts'

/** How the next appends of a store go wrong. */
export type Fault = 'none' | 'refuses' | 'writes and does not say so'

/** A real journal behind a switch that makes its appends fail. */
export class FaultyJournal {
  fault: Fault = 'none'
  /** Appends that were made to fail. */
  failed = 0

  wrap = (journal: Journal): Journal =>
    new Proxy(journal, {
      get: (target, key) => {
        if (key === 'append' || key === 'claim') return (...args: unknown[]) => this.#call(target, key, args)
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })

  async #call(journal: Journal, key: 'append' | 'claim', args: unknown[]): Promise<unknown> {
    const call = journal[key] as (...all: unknown[]) => Promise<unknown>
    if (this.fault === 'none') return call.apply(journal, args)
    this.failed++
    if (this.fault === 'writes and does not say so') await call.apply(journal, args)
    throw new JournalError('UNAVAILABLE', 'the store was made to fail')
  }
}
