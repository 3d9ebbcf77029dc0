import type { Exchange, Seat } from './person.ts'

/** A call of the model whose answer the readers of a lane see. */
export interface ReadableCall {
  at: number
  json: string
}

/** What reached whom in one run of a history. */
export interface Trace {
  /** The people who may not learn the secret. */
  outsiders: ReadonlyMap<string, { exchanges: readonly Exchange[]; seats: readonly Seat[] }>
  /** By lane, of those that not only insiders read. */
  calls: ReadonlyMap<string, readonly ReadableCall[]>
  /** What happened, by name: what people did and how it was answered, and what was journaled. */
  happened: readonly string[]
}
