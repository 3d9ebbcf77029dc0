import { type Journal, JournalError } from '../../server/journal/journal.ts'

/** How the next appends of a store go wrong. */
export type Fault = 'none' | 'refuses' | 'writes and does not say so'

/** A real journal behind a switch that makes its appends fail. */
export class FaultyJournal {
  fault: Fault = 'none'
  /** Appends that were made to fail. */
  failed = 0

  wrap = (journal: Journal): Journal =>
    hookedJournal({ append: (call) => this.#call(call), claim: (call) => this.#call(call) })(journal)

  async #call(call: Call): Promise<unknown> {
    if (this.fault === 'none') return call()
    this.failed++
    if (this.fault === 'writes and does not say so') await call()
    throw storeDown()
  }
}

type Call = () => Promise<unknown>

export type JournalHooks = Partial<Record<keyof Journal, (call: Call, args: unknown[]) => Promise<unknown>>>

/** A real journal whose named calls go through `hooks`: to hold them, or to make them fail. */
export function hookedJournal(hooks: JournalHooks) {
  return (journal: Journal): Journal =>
    new Proxy(journal, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        const hook = hooks[key as keyof Journal]
        if (!hook) return value.bind(target)
        return (...args: unknown[]) => hook(() => value.apply(target, args), args)
      },
    })
}

export const storeDown = () => new JournalError('UNAVAILABLE', 'the store was made to fail')
