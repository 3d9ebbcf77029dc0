import { ColloquyError, meet, type Readers, sameReaders } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import { idsOf } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { CommandOf } from './api.ts'
import { chooseLane } from './decide-audience.ts'
import {
  type Actor,
  type Decision,
  type DecisionContext,
  laneFor,
  need,
  needFor,
  notFound,
  OK,
  type PlacedEntry,
  readsIt,
} from './decision.ts'
import { cellsOf } from './fold-calls.ts'
import { firstPlace, retractedAt, sameWords } from './fold-copies.ts'
import { keptClaims } from './kept-claims.ts'
import { rolledLane } from './segments.ts'
import type { Entry, Lane, State } from './state.ts'
import { after } from './state-changes.ts'
import { endTurn, endTurns } from './turn-end.ts'

// Decisions about what has been said: to share a copy, to take it back, to copy a lane.

/** Nothing is widened in place: others get a copy that names its source, who shared it, and when. */
export function share(
  state: State,
  actor: Actor,
  command: CommandOf<'message.share'>,
  context: DecisionContext,
): Decision {
  const { laneId: fromLaneId, entry } = placed(state, command.messageId, actor, context)
  need(actor.member.role, 'message.share')
  if (retractedAt(state, entry.id) !== undefined) throw alreadyRetracted()
  const { status } = entry
  if (status === 'streaming') throw streaming('It is still being written.')
  const text = entry.cells
    .map((cell) => context.body(cell))
    .join('\n\n')
    .trim()
  if (text === '') throw new ColloquyError('MALFORMED', 'There is no text in it to share.')
  const { laneId, readers, lane, events } = chooseLane(state, actor, command.audience, context)
  const from = state.lanes[fromLaneId]
  if (from && readIt(from, readers)) throw new ColloquyError('MALFORMED', 'These people read it already.')
  const newId = idsOf(context.newId, laneId)
  const messageId = newId('m')
  const { principal, member } = actor
  const { role, promptId, turnId, author, askedAt } = entry
  const shared: SessionEvent = {
    ...{ type: 'entry.shared', at: context.now, messageId, laneId, fromLaneId, sourceId: entry.id },
    ...{ seq: (lane?.seq ?? 0) + 1, ...after(state, laneId) },
    ...{ by: { id: principal.userId, name: member.name }, role, promptId, turnId, author, askedAt },
    ...{ cell: newId('c'), length: text.length },
    ...(status === 'done' ? {} : { status }),
  }
  return { events: [...events, { event: shared, body: text }], result: { messageId, laneId } }
}

/** All of these receive what the lane holds, also those who are in it through groups: they need no way in that others lack. */
function readIt(lane: Lane, readers: Readers): boolean {
  return sameReaders(meet(lane, readers), readers)
}

/** The text leaves the message and every copy of it; what is being answered to it is stopped. */
export function retract(
  state: State,
  actor: Actor,
  command: CommandOf<'message.retract'>,
  context: DecisionContext,
): Decision {
  const { entry } = placed(state, command.messageId, actor, context)
  if (entry.shared?.by.id === actor.principal.userId) need(actor.member.role, 'message.retract')
  else needFor(entry.author.id, actor, 'message.retract')
  if (retractedAt(state, entry.id) !== undefined) throw alreadyRetracted()
  // Whether its rest has begun among fewer readers may hang on a secret: what is done there changes nothing out here.
  if (firstPlace(state, entry.id) !== entry.id)
    throw new ColloquyError('MALFORMED', 'It is taken back where it was first asked.')
  const all = find(state, new Set(sameWords(state, entry.id)), context)
  const open = all.filter(({ entry: each }) => retractedAt(state, each.id) === undefined)
  // Turns that run on these words end with them, wherever they run: to refuse because of one would tell of it.
  const running = open.flatMap(({ entry: each }) => (each.shared ? [] : (state.turns[each.turnId] ?? [])))
  const reason = entry.author.id === actor.principal.userId ? 'STOPPED_BY_AUTHOR' : 'STOPPED_BY_MODERATOR'
  const ids = new Set(open.map(({ entry: each }) => each.id))
  const ended = endTurns(running, (turn) => {
    // What an answer that is itself taken back had said is not written down.
    const said = ids.has(turn.answerId) ? '' : context.said(turn.turnId)
    return endTurn(state, turn, { end: 'cancelled', reason, said }, context.now, context.newId)
  })
  const taken = takeBack(state, open, actor, context)
  const erase = [...ended.erase, ...(taken.erase ?? [])]
  return { ...taken, events: [...ended.events, ...taken.events], erase }
}

/** The copy itself is made in another session: this is the record of it. */
export function fork(
  state: State,
  actor: Actor,
  { laneId, seq }: CommandOf<'lane.fork'>,
  context: DecisionContext,
): Decision {
  const lane = laneFor(state, laneId, actor, context)
  need(actor.member.role, 'session.fork')
  if (seq > lane.seq) throw notFound('message')
  const { userId: by } = actor.principal
  return { events: [{ event: { type: 'lane.forked', at: context.now, laneId, seq, by } }], result: OK }
}

function takeBack(
  state: State,
  all: readonly PlacedEntry[],
  { principal: { userId: by } }: Actor,
  { now: at, newId, body }: DecisionContext,
): Decision {
  const erase: string[] = []
  const events: NewEvent<SessionEvent>[] = []
  const rolled = new Set<string>()
  for (const { laneId, entry } of all) {
    const lane = state.lanes[laneId]
    const cells = cellsOf(entry)
    events.push({ event: { type: 'entry.retracted', at, messageId: entry.id, laneId, by, cells } })
    erase.push(...cells)
    if (lane && entry.seq >= lane.firstSeq) rolled.add(laneId)
    for (const place of waitedIn(state, entry)) rolled.add(place)
    // The rest of a turn that would begin with this question.
    const waiting = entry.role === 'user' ? state.prompts[entry.promptId] : undefined
    if (!waiting?.continues || waiting.continues.questionId !== entry.id) continue
    events.push({ event: { type: 'prompt.withdrawn', at, promptId: waiting.promptId, by } })
    erase.push(waiting.continues.cell)
  }
  const gone = new Set(all.map(({ entry }) => entry.id))
  const asksAgain = ({ again }: { again?: string }) => again !== undefined && gone.has(again)
  for (const { promptId, laneId, cell, continues } of Object.values(state.prompts).filter(asksAgain)) {
    // The rest of a turn has been withdrawn with its question.
    if (continues) continue
    events.push({ event: { type: 'prompt.withdrawn', at, promptId, by } })
    erase.push(cell)
    rolled.add(laneId)
  }
  for (const lane of Object.values(state.lanes)) {
    if (lane.ended.some((each) => each.end === 'withdrawn' && asksAgain(each))) rolled.add(lane.laneId)
    const madeOfIt = lane.summaries.filter(({ sources }) => sources.some((id) => gone.has(id)))
    erase.push(...madeOfIt.map(({ cell }) => cell))
    events.push(...madeOfIt.flatMap((summary) => keptClaims(lane, summary, gone, body, at, newId)))
  }
  // A Yjs doc keeps no secret it once held: the text is only gone with the incarnation.
  for (const laneId of rolled) {
    const lane = state.lanes[laneId]
    if (lane) events.push({ event: rolledLane(lane, 'erased', at) })
  }
  return { events, erase, result: OK }
}

/** The lanes in whose queue this question stands, or stood without ever being run: their docs held its words, too. */
function waitedIn({ lanes, prompts }: State, { role, shared, promptId }: Entry): string[] {
  if (role !== 'user' || shared) return []
  const here = prompts[promptId]?.laneId
  const left = ({ ended }: Lane) =>
    ended.some((each) => each.promptId === promptId && each.end === 'withdrawn')
  return Object.values(lanes).flatMap((lane) => (lane.laneId === here || left(lane) ? [lane.laneId] : []))
}

/** A message in a lane that the actor reads. @throws ColloquyError `NOT_FOUND` */
export function placed(state: State, messageId: string, actor: Actor, context: DecisionContext): PlacedEntry {
  const [here] = find(state, new Set([messageId]), context)
  if (!here || !readsIt(state, here.laneId, actor, context)) throw notFound('message')
  return here
}

/** These messages, wherever they stand: there may be thousands of copies. */
function find({ lanes }: State, ids: ReadonlySet<string>, { older }: DecisionContext): PlacedEntry[] {
  const here = Object.values(lanes).flatMap(({ laneId, entries }) =>
    entries.flatMap((entry) => (ids.has(entry.id) ? [{ laneId, entry }] : [])),
  )
  const found = new Set(here.map(({ entry }) => entry.id))
  return [...here, ...older.filter(({ entry }) => ids.has(entry.id) && !found.has(entry.id))]
}

export const alreadyRetracted = () => new ColloquyError('ALREADY_RETRACTED', 'It was taken back before.')
export const streaming = (why: string) => new ColloquyError('MESSAGE_STREAMING', why)
