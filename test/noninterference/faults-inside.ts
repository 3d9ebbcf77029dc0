import type * as FoldTurns from '../../server/session/fold-turns.ts'
import type { Lane, State } from '../../server/session/state.ts'
import type * as Lanes from '../../server/session/view/lanes.ts'
import type * as PlanSummary from '../../server/session/view/plan-summary.ts'

// Faults in place of the server's own functions, for as long as `on` says so.

type On = () => boolean

/** A message takes a number in every lane. */
export function sharedSeq(module: typeof FoldTurns, on: On): typeof FoldTurns {
  return {
    ...module,
    turnClaimed(state, event, position) {
      const after = module.turnClaimed(state, event, position)
      if (!on()) return after
      const others = Object.values(after.lanes).filter(({ laneId }) => laneId !== event.laneId)
      const moved = others.map((lane): [string, Lane] => [lane.laneId, { ...lane, seq: lane.seq + 2 }])
      return { ...after, lanes: { ...after.lanes, ...Object.fromEntries(moved) } }
    },
  }
}

/** What all who are here now may read counts as what everyone may read. */
export function membershipFlow(module: typeof Lanes, on: On): typeof Lanes {
  return {
    ...module,
    lanesInto(state, laneId) {
      const lanes = module.lanesInto(state, laneId)
      const own = lanes.at(-1)
      if (!on() || own?.audience !== 'everyone') return lanes
      return [...Object.values(state.lanes).filter((lane) => lane !== own && namesAll(lane, state)), ...lanes]
    },
  }
}

function namesAll({ audience }: Lane, { members }: State): boolean {
  return audience !== 'everyone' && Object.keys(members).every((userId) => audience.includes(userId))
}

/** A lane is summed up when all lanes together have grown long. */
export function crossLaneCompaction(module: typeof PlanSummary, on: On): typeof PlanSummary {
  return {
    ...module,
    dueSummary(state, laneId, bodies, budget) {
      if (!on()) return module.dueSummary(state, laneId, bodies, budget)
      const entries = Object.values(state.lanes).flatMap((lane) => lane.entries)
      const cells = entries.flatMap((entry) => entry.cells)
      const length = cells.reduce((sum, cell) => sum + (bodies.get(cell)?.length ?? 0), 0)
      return module.dueSummary(state, laneId, bodies, {
        ...{ main: 8_000_000 / (length + 1), lane: 4_000_000 / (length + 1), lanes: 6 },
        ...budget,
      })
    },
  }
}
