import type { Journal } from '../journal/journal.ts'
import { boardDocName } from './doc-names.ts'
import { rolledBoard } from './segments.ts'
import type { Lane } from './state.ts'

/**
 * The start of a board that clients may hold in a later state than the store: under a name that nobody has seen, with
 * what the store has.
 */
export async function restoredBoard(journal: Journal, stream: string, lane: Lane, at: number) {
  const event = rolledBoard(lane, 'restored', at)
  const state = await journal.board(stream, boardDocName(stream, lane))
  if (state)
    await journal.putBoard(stream, boardDocName(stream, { ...lane, board: event.incarnation }), state)
  return event
}
