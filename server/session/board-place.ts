import { CLOSE, type Limits } from '@colloquy/shared'
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
  limits: Limits
}

/** Where the board of a lane is kept: beside the stream, because boards are exempt from durable-first. */
export function openBoard(
  ledger: Ledger,
  lane: Lane,
  { journal, boards, rooms, clock }: BoardDeps,
): BoardPlace {
  const { laneId, audience } = lane
  const stream = ledger.sessionId
  const doc = boardDocName(stream, lane)
  return {
    laneId,
    audience,
    load: () => storedBoard({ journal, boards }, stream, doc),
    save: (state) => journal.putBoard(stream, doc, state),
    shared: boards?.shared(stream, doc),
    async roll(state) {
      const current = ledger.state.lanes[laneId]
      if (!current || boardDocName(stream, current) !== doc) return
      const event = rolledBoard(current, 'full', clock.now())
      await journal.putBoard(stream, boardDocName(stream, { ...current, board: event.incarnation }), state)
      await ledger.commit({ events: [{ event }] })
      rooms.retire(doc, CLOSE.incarnation)
      await journal.dropBoard(stream, doc)
    },
  }
}
