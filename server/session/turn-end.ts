import type { SessionEvent, TurnEnd, TurnReason } from '@colloquy/shared/events'
import { idsOf, type NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import { CALL_WORDS } from './call-words.ts'
import { settled } from './intents.ts'
import { answerOf } from './parked.ts'
import type { Call, State, Turn } from './state.ts'

export interface TurnEnding {
  end: TurnEnd
  reason?: TurnReason
  /** What a running step had said: shown, and in no view. */
  said?: string
}

/** What ends a turn, and the cells that nothing refers to any more. */
export interface EndedTurn {
  events: NewEvent<SessionEvent>[]
  erase: string[]
}

/** The end of a turn from outside: first every call it has open gets its own. Pure. */
export function endTurn(
  state: State,
  turn: Turn,
  { end, reason, said = '' }: TurnEnding,
  at: number,
  anyId: NewId,
): EndedTurn {
  const { turnId, laneId, continues } = turn
  const newId = idsOf(anyId, laneId)
  const open = answerOf(state, turn)?.calls.filter((call) => !call.settled) ?? []
  const calls = open.map((call) => settled(turnId, call.callId, at, newId, stopped(call)))
  const ended: SessionEvent = { type: 'turn.ended', at, turnId, end, ...(reason ? { reason } : {}) }
  const last =
    said === ''
      ? { event: ended }
      : { event: { ...ended, cell: newId('c'), length: said.length }, body: said }
  // Calls that it was to begin with and had not come to: taking the message back would not find them.
  return { events: [...calls, last], erase: continues ? [continues.cell] : [] }
}

export function endTurns(turns: readonly Turn[], end: (turn: Turn) => EndedTurn): EndedTurn {
  const ended = turns.map(end)
  return { events: ended.flatMap(({ events }) => events), erase: ended.flatMap(({ erase }) => erase) }
}

/** A call that was sent may have happened, unless it only reads. */
function stopped({ dispatches, effect }: Call) {
  const outcome = dispatches > 0 && effect === 'write' ? ('unknown' as const) : ('cancelled' as const)
  return { outcome, reason: 'TURN_STOPPED' as const, body: CALL_WORDS.TURN_STOPPED }
}
