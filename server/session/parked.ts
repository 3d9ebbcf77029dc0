import type { SessionEvent } from '@colloquy/shared/events'
import type { NewId } from '../clock.ts'
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
  const times = Object.values(state.turns).flatMap(({ parked }) => (parked ? [parked.until] : []))
  const ahead = times.filter((time) => time > now)
  return ahead.length === 0 ? undefined : Math.min(...ahead)
}

/** The ends of calls in parked turns that nobody has allowed in time. */
export function expirations(state: State, now: number, newId: NewId): NewEvent<SessionEvent>[] {
  return Object.values(state.turns).flatMap((turn) => {
    const call = turn.parked ? openCall(answerOf(state, turn)) : undefined
    return call && isUndecided(call) && (call.expiresAt ?? 0) <= now
      ? expiration(turn.turnId, call, now, newId)
      : []
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
