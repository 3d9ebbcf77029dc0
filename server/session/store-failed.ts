import { ColloquyError } from '@colloquy/shared'
import { JournalError } from '../journal/journal.ts'

/** What a caller is told when the journal failed under them; a refusal passes unchanged. */
export function storeFailed(error: unknown): never {
  if (error instanceof ColloquyError) throw error
  const why = error instanceof JournalError ? error.code : 'error'
  throw new ColloquyError('STORE_UNAVAILABLE', 'The session store is unavailable; try again.', { why }, error)
}
