import {
  type Audience,
  ColloquyError,
  EVERYONE,
  GROUP_PREFIX,
  groupNamed,
  type Limits,
  MAIN_LANE,
  type Readers,
  readersOf,
  sameReaders,
  setOf,
} from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Rights } from '../access/rights.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { Actor, DecisionContext } from './decision.ts'
import type { Lane, State } from './state.ts'

// Which lane a choice of readers means. Sets are made here, once, and never recomputed.

/** A lane that is there or begins with these events. */
export interface ChosenLane {
  laneId: string
  readers: Readers
  /** Absent while it is new. */
  lane?: Lane
  events: NewEvent<SessionEvent>[]
}

/**
 * The lane of the readers that somebody names, who is always among them.
 * @throws ColloquyError `AUDIENCE_UNKNOWN`, `AUDIENCE_EMPTY`, `LANES_FULL`
 */
export function chooseLane(
  state: State,
  actor: Actor,
  asked: Audience,
  context: DecisionContext,
): ChosenLane {
  const readers = readersAsked(state, actor, asked, context.rights)
  const known = findLane(state, readers)
  if (known && !known.narrowed) return { laneId: known.laneId, readers, lane: known, events: [] }
  const { userId } = actor.principal
  checkChoices(state, userId, context.limits)
  if (known) return { laneId: known.laneId, readers, lane: known, events: [] }
  const laneId = context.newId('l', userId)
  return { laneId, readers, events: [{ event: laneOpened(laneId, readers, userId, context.now) }] }
}

/** A person chooses readers whom nobody has chosen yet. @throws ColloquyError `LANES_FULL` */
function checkChoices(state: State, userId: string, { lanesPerPerson, lanesPerSession }: Limits): void {
  // What narrowed calls made does not count, nor spare anybody a choice: how many there are is not for all to find out.
  const made = Object.values(state.lanes).filter((lane) => lane.laneId !== MAIN_LANE && !lane.narrowed)
  if (made.filter((lane) => lane.by === userId).length >= lanesPerPerson)
    throw lanesFull(lanesPerPerson, 'You have')
  if (made.length >= lanesPerSession) throw lanesFull(lanesPerSession, 'This session has')
}

/** The lane that shares exactly this, if there is one. */
export function findLane(state: State, readers: Readers): Lane | undefined {
  return Object.values(state.lanes).find((lane) => sameReaders(lane, readers))
}

export function laneOpened(
  laneId: string,
  { audience, through }: Readers,
  by: string,
  at: number,
  narrowedFrom?: string,
): SessionEvent {
  return {
    ...{ type: 'lane.opened', at, laneId, by },
    audience: audience === EVERYONE ? audience : [...audience],
    ...(through ? { through: writable(through) } : {}),
    ...(narrowedFrom === undefined ? {} : { narrowedFrom }),
  }
}

/**
 * The readers that somebody names, with themselves.
 * @throws ColloquyError `AUDIENCE_UNKNOWN`, `AUDIENCE_EMPTY`
 */
export function readersAsked(
  state: State,
  actor: Pick<Actor, 'principal'>,
  asked: Audience,
  rights: Rights,
): Readers {
  if (asked === EVERYONE) return { audience: EVERYONE }
  const { userId, guest = false } = actor.principal
  const groups = asked.map(groupNamed).filter((group) => group !== undefined)
  const named = new Set(asked.filter((each) => groupNamed(each) === undefined))
  const unknown = [...named].filter((each) => !state.members[each])
  const unknownGroups = groups.filter((group) => guest || !rights.knowsGroup(group))
  if (unknown.length > 0 || unknownGroups.length > 0)
    throw new ColloquyError('AUDIENCE_UNKNOWN', 'Not everybody you named is here.', {
      unknown: [...unknown, ...unknownGroups.map((group) => `${GROUP_PREFIX}${group}`)],
    })
  const through = membersThrough(state, groups, named, rights)
  const others = setOf([...named, ...Object.keys(through)]).filter((each) => each !== userId)
  if (groups.length > 0 && others.length === 0)
    throw new ColloquyError('AUDIENCE_EMPTY', 'Nobody else of these groups is here.')
  return readersOf(setOf([...others, userId]), through)
}

/** Members who are in by a group and were not named; the one who asks, too, so that the group's lane is one. */
function membersThrough(state: State, groups: readonly string[], named: ReadonlySet<string>, rights: Rights) {
  const through: Record<string, string[][]> = {}
  for (const userId of Object.keys(state.members)) {
    if (named.has(userId)) continue
    const ways = setOf(rights.groups(userId).filter((group) => groups.includes(group)))
    if (ways.length > 0) through[userId] = [[...ways]]
  }
  return through
}

function lanesFull(limit: number, who: string) {
  return new ColloquyError('LANES_FULL', `${who} had as many choices of readers as there may be.`, { limit })
}

function writable(through: NonNullable<Readers['through']>): Record<string, string[][]> {
  return Object.fromEntries(Object.entries(through).map(([id, ways]) => [id, ways.map((any) => [...any])]))
}
