import { ARGS_LENGTH, flows, type Limits, meet, names, type Readers } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import { canonicalJson, isTooDeep } from '../tools/canonical.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import { type CallPlace, readersOfCall } from './call-rights.ts'
import { findLane, laneOpened } from './decide-audience.ts'
import { MOST_CALLS, readArgs, type Wish } from './intents.ts'
import type { Turn } from './state.ts'

// A call has its readers before it runs. Where those are fewer than the lane has, the turn ends here as `narrowed`, and
// its prompt waits again in the lane of those who may see both, first of all that its author has there.

export interface NarrowingContext extends CallPlace {
  turn: Turn
  toolbox: Toolbox
  limits: Limits
  newId: NewId
  now: number
}

/**
 * What ends the turn's part in this lane; null when all of its calls may be made here, or another lane cannot be had:
 * each call that needs one is then denied.
 */
export function narrowing(
  wishes: readonly Wish[],
  context: NarrowingContext,
): NewEvent<SessionEvent>[] | null {
  const readers = fewerReaders(wishes.slice(0, MOST_CALLS), context)
  const into = readers && laneOf(readers, context)
  if (!into) return null
  const { turn, newId, now: at } = context
  const { turnId, promptId, question } = turn
  const body = JSON.stringify(wishes.slice(0, MOST_CALLS).map(carried))
  const narrowed: SessionEvent = {
    ...{ type: 'turn.narrowed', at, turnId, promptId, intoLaneId: into.laneId, question },
    ...{ cell: newId('c', into.laneId), length: body.length },
  }
  return [
    ...into.events,
    { event: narrowed, body },
    { event: { type: 'turn.ended', at, turnId, end: 'narrowed' } },
  ]
}

/** Arguments that no call may have are refused where the rest begins, and need not be kept until then. */
function carried({ tool, args }: Wish): Wish {
  const kept = !isTooDeep(args) && canonicalJson(args).length <= ARGS_LENGTH
  return { tool: tool.slice(0, 200), args: kept ? args : null }
}

/** The calls that a narrowed turn left to its rest. */
export function carriedCalls(body: string): Wish[] {
  return JSON.parse(body) as Wish[]
}

/** Null when every call may consult what it needs among the readers of the lane. */
function fewerReaders(wishes: readonly Wish[], context: NarrowingContext): Readers | null {
  const { lane, author } = context
  const needed = wishes.flatMap((wish) => {
    const readers = readersOfWish(wish, context)
    // One that its author may not see is refused, wherever it is made.
    return readers && names(readers.audience, author.id) && !flows(readers.audience, lane.audience)
      ? [readers]
      : []
  })
  if (needed.length === 0) return null
  return needed.reduce(meet, lane)
}

function readersOfWish({ tool: name, args }: Wish, context: NarrowingContext): Readers | null {
  const { state, toolbox, rights, author } = context
  const tool = toolbox.find(name)
  if (!tool || state.withoutTools.includes(name) || !rights.mayUse(name, author.id)) return null
  const read = readArgs(tool, args)
  return 'problem' in read ? null : readersOfCall(tool, read.args, context)
}

/** Null where turns of this lane have gone on in as many as may be: counted by what its own readers saw alone. */
function laneOf(readers: Readers, { state, lane, author, limits, newId, now }: NarrowingContext) {
  const known = findLane(state, readers)
  const isNew = known === undefined || !lane.into.includes(known.laneId)
  if (isNew && lane.into.length >= limits.lanesPerSession) return null
  if (known) return { laneId: known.laneId, events: [] }
  const laneId = newId('l', lane.laneId)
  return { laneId, events: [{ event: laneOpened(laneId, readers, author.id, now, lane.laneId) }] }
}
