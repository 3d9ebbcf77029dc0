import { receives } from '@colloquy/shared'
import type { Rights } from '../access/rights.ts'
import type { Lane, State } from './state.ts'

// Who reads a lane now: members, of its audience, still in the groups they came through. No role reads more.

export function readsLane(state: State, lane: Lane, userId: string, rights: Rights): boolean {
  return state.members[userId] !== undefined && receives(lane, userId, rights.groups(userId))
}

/** The lane, if this person reads it; to anybody else it does not exist. */
export function readableLane(state: State, laneId: string, userId: string, rights: Rights): Lane | undefined {
  // Ids come from outside: `constructor` is no lane.
  const lane = Object.hasOwn(state.lanes, laneId) ? state.lanes[laneId] : undefined
  return lane && readsLane(state, lane, userId, rights) ? lane : undefined
}

export function readableLanes(state: State, userId: string, rights: Rights): Lane[] {
  return Object.values(state.lanes).filter((lane) => readsLane(state, lane, userId, rights))
}

/** The userIds of everybody who reads it. */
export function readersOfLane(state: State, lane: Lane, rights: Rights): string[] {
  return Object.keys(state.members).filter((userId) => readsLane(state, lane, userId, rights))
}
