import { CLOSE } from '@colloquy/shared'
import type { Clock } from '../clock.ts'
import type { BoardPlace, Rooms } from '../sync/port.ts'
import { boardDocName } from './doc-names.ts'
import type { Ledger } from './ledger.ts'
import { rolledBoard } from './segments.ts'
import type { Lane } from './state.ts'
import { type BoardStore, storedBoard } from './stored-board.ts'

interface BoardDeps extends BoardStore {
  rooms: Rooms
  clock: Clock
  /** Boards whose next incarnation is being made. */
  rolling: Map<string, Promise<void>>
}

/** Where the board of a lane is kept: beside the stream, because boards are exempt from durable-first. */
export function openBoard(ledger: Ledger, lane: Lane, deps: BoardDeps): BoardPlace {
  const { journal, boards, rooms, clock, rolling } = deps
  const { laneId, audience } = lane
  const stream = ledger.sessionId
  const doc = boardDocName(stream, lane)

  async function roll(given: Uint8Array | null): Promise<void> {
    const current = ledger.state.lanes[laneId]
    if (!current || boardDocName(stream, current) !== doc) return
    const event = rolledBoard(current, 'full', clock.now())
    const state = boards ? await lastState(deps, stream, doc) : given
    const next = boardDocName(stream, { ...current, board: event.incarnation })
    if (state) await journal.putBoard(stream, next, state)
    await ledger.commit({ events: [{ event }] })
    rooms.retire(doc, CLOSE.incarnation)
    await journal.dropBoard(stream, doc)
    await boards?.forget(stream, doc)
  }

  return {
    laneId,
    audience,
    load: () => storedBoard(deps, stream, doc),
    save: (state) => journal.putBoard(stream, doc, state),
    shared: boards?.shared(stream, doc),
    roll(state) {
      const under = rolling.get(doc)
      if (under) return under
      const rolled = roll(state)
        .catch(async (error: unknown) => {
          await boards?.reopen(stream, doc)
          throw error
        })
        .finally(() => rolling.delete(doc))
      rolling.set(doc, rolled)
      return rolled
    },
  }
}

/** The drafts on a board that nobody writes on any more, as the start of another. */
async function lastState(deps: BoardDeps, stream: string, doc: string): Promise<Uint8Array | null> {
  await deps.boards?.close(stream, doc)
  const state = await storedBoard(deps, stream, doc)
  return state && deps.rooms.rebuilt(state)
}
