import type { SessionEvent } from '@colloquy/shared/events'
import { idsOf, type NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import { CALL_WORDS } from './call-words.ts'
import { isUndecided, openCall } from './fold-calls.ts'
import { settled } from './intents.ts'
import type { Call, Entry, State, Turn } from './state.ts'

// Turns that have left their lane to others while they wait. Pure.

export function answerOf(state: State, turn: Turn): Entry | undefined {
  return state.lanes[turn.laneId]?.entries.findLast((entry) => entry.id === turn.answerId)
}

/** True when what a parked turn waits for has come. */
export function isReady(state: State, turn: Turn, now: number): boolean {
  if (!turn.parked) return false
  if (turn.parked.reason === 'APPROVAL') return !isUndecided(openCall(answerOf(state, turn)))
  return turn.parked.until <= now
}

/** The next time after `now` at which a parked turn can go on or gives up by itself; undefined: there is none. */
export function nextAlarm(state: State, now: number): number | undefined {
  const times = Object.values(state.turns).flatMap((turn) => (turn.parked ? timesOf(state, turn) : []))
  const ahead = times.filter((time) => time > now)
  return ahead.length === 0 ? undefined : Math.min(...ahead)
}

/** When it was to go on, and when each of its calls that wait for consent gives up. */
function timesOf(state: State, turn: Turn): number[] {
  const calls = undecidedCalls(state, turn).map(({ expiresAt = 0 }) => expiresAt)
  return turn.parked ? [turn.parked.until, ...calls] : calls
}

function undecidedCalls(state: State, turn: Turn): Call[] {
  return answerOf(state, turn)?.calls.filter(isUndecided) ?? []
}

/** The ends of calls in parked turns that nobody has allowed in time. */
export function expirations(state: State, now: number, newId: NewId): NewEvent<SessionEvent>[] {
  return Object.values(state.turns).flatMap((turn) => {
    const late = turn.parked
      ? undecidedCalls(state, turn).filter(({ expiresAt = 0 }) => expiresAt <= now)
      : []
    return late.flatMap((call) => expiration(turn.turnId, call, now, idsOf(newId, turn.laneId)))
  })
}

export function expiration(turnId: string, call: Call, at: number, newId: NewId): NewEvent<SessionEvent>[] {
  const { callId, argsHash } = call
  return [
    { event: { type: 'tool.approval', at, turnId, callId, argsHash, decision: 'expired' } },
    settled(turnId, callId, at, newId, {
      ...{ outcome: 'denied', reason: 'APPROVAL_EXPIRED', body: CALL_WORDS.APPROVAL_EXPIRED },
    }),
  ]
}
