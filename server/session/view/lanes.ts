import { type Audience, EVERYONE, flows } from '@colloquy/shared'
import type { Lane, State } from '../state.ts'
import type { ViewBudget } from './budget.ts'

/** The lanes that a view of this lane may hold, from the widest to its own. */
export function lanesInto(state: State, laneId: string): Lane[] {
  const own = state.lanes[laneId]
  if (!own) return []
  const others = Object.values(state.lanes)
    .filter((lane) => lane !== own && flows(lane.audience, own.audience))
    .sort(widestFirst)
  return [...others, own]
}

/** Of them those that there is room for, whatever they hold: main, its own, and the widest sets. */
export function withRoom(lanes: readonly Lane[], budget: ViewBudget): Lane[] {
  const own = lanes.at(-1)
  const sets = lanes.filter((lane) => lane !== own && lane.audience !== EVERYONE).slice(0, budget.lanes - 1)
  return lanes.filter((lane) => lane === own || lane.audience === EVERYONE || sets.includes(lane))
}

export function budgetOf(lane: Lane, budget: ViewBudget): number {
  return lane.audience === EVERYONE ? budget.main : budget.lane
}

function widestFirst(a: Lane, b: Lane): number {
  return (
    size(b.audience) - size(a.audience) ||
    order(keyOf(a.audience), keyOf(b.audience)) ||
    order(a.laneId, b.laneId)
  )
}

function size(audience: Audience): number {
  return audience === EVERYONE ? Infinity : audience.length
}

/** Audiences are sorted already. */
function keyOf(audience: Audience): string {
  return JSON.stringify(audience)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
