import * as Y from 'yjs'
import type { Journal } from '../journal/journal.ts'
import { boardDocName } from './doc-names.ts'
import type { Boards } from './peers.ts'
import { rolledBoard } from './segments.ts'
import type { Lane } from './state.ts'

export interface BoardStore {
  journal: Journal
  /** Where people at several servers can write on one board. */
  boards?: Boards | undefined
}

/** What the store has of a board: what was saved, and what was written since at any server. */
export async function storedBoard(
  { journal, boards }: BoardStore,
  stream: string,
  doc: string,
): Promise<Uint8Array | null> {
  const [saved, recent] = await Promise.all([journal.board(stream, doc), boards?.recent(stream, doc) ?? []])
  const known = [...(saved ? [saved] : []), ...recent]
  return known.length > 1 ? Y.mergeUpdates(known) : (known[0] ?? null)
}

/**
 * The start of a board that clients may hold in a later state than the store: under a name that nobody has seen, with
 * what the store has.
 */
export async function restoredBoard(store: BoardStore, stream: string, lane: Lane, at: number) {
  const event = rolledBoard(lane, 'restored', at)
  const state = await storedBoard(store, stream, boardDocName(stream, lane))
  const next = boardDocName(stream, { ...lane, board: event.incarnation })
  if (state) await store.journal.putBoard(stream, next, state)
  return event
}
