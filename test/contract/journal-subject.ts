import { expect } from 'vitest'
import type { Append, Journal, NewEvent } from '../../server/journal/journal.ts'

/** What the rules are tried on: a journal on a store of its own, new for each rule. */
export interface JournalSubject {
  /** The journal that was opened last. */
  readonly journal: Journal
  /** Closes it and opens another on the same store. */
  reopen(): Promise<void>
  /** Appends at the stream's position, as a session does; one event unless told otherwise. */
  append(stream: string, batch?: Partial<Append>): Promise<number>
}

export const bytes = (...values: number[]) => Uint8Array.from(values)
export const mark = (type: string): NewEvent => ({ event: { type, at: 1 } })
/** An event with a body in a cell of that name. */
export const said = (cell: string, body = `text of ${cell}`): NewEvent => {
  return { event: { type: 'said', at: 1, cell }, body }
}
export const command = (commandId: string, hash = 'hash', result: unknown = { ok: true }) => {
  return { userId: 'ann', commandId, hash, result }
}
/** Matches the JournalError of that code. */
export const code = (value: string) => expect.objectContaining({ name: 'JournalError', code: value })
