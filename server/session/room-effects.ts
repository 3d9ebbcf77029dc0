import { MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Rights } from '../access/rights.ts'
import type { Rooms } from '../sync/port.ts'
import { readersOfLane } from './lane-access.ts'
import type { Effect } from './lane-docs.ts'
import type { State } from './state.ts'

interface EffectDeps {
  sessionId: string
  rooms: Rooms
  rights: Rights
  /** The state when the effect comes about. */
  state(): State
}

/** What the rooms must hear of an event beside the docs, wherever its readers are connected. */
export function roomEffects(event: SessionEvent, before: State, deps: EffectDeps): Effect[] {
  const { rooms, sessionId } = deps
  switch (event.type) {
    case 'member.changed': {
      const { userId, role } = event
      if (role === null) return [() => rooms.revoke(sessionId, userId)]
      const silenced = role === 'viewer' && before.members[userId]?.role !== 'viewer'
      return silenced ? [() => rooms.rollBoards(sessionId)] : []
    }
    case 'lane.opened':
      return event.laneId === MAIN_LANE ? [] : [() => ring(event.laneId, deps)]
    case 'policy.changed':
      return [() => ring(MAIN_LANE, deps)]
    default:
      return []
  }
}

/** Whoever reads a lane that is new, or of which something new is told, asks for it; nobody else hears anything. */
function ring(laneId: string, { sessionId, rooms, rights, state }: EffectDeps): void {
  const lane = state().lanes[laneId]
  if (lane) rooms.ring(sessionId, readersOfLane(state(), lane, rights))
}
