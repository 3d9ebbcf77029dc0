import { ColloquyError, EVERYONE, type Limits } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import { idsOf } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { CommandOf } from './api.ts'
import { type ChosenLane, chooseLane } from './decide-audience.ts'
import { alreadyRetracted, placed, streaming } from './decide-entries.ts'
import { type Actor, type Decision, type DecisionContext, need, type PlacedEntry } from './decision.ts'
import { firstPlace, retractedAt } from './fold-copies.ts'
import type { Lane, State } from './state.ts'

// Decisions that accept a prompt: one with words of its own, and one that asks again what was asked.

export function submit(
  state: State,
  actor: Actor,
  command: CommandOf<'prompt.submit'>,
  context: DecisionContext,
): Decision {
  need(actor.member.role, 'prompt.submit')
  const text = checkText(command.text, context.limits)
  checkModel(command.model, context)
  const chosen = chooseLane(state, actor, command.audience ?? EVERYONE, context)
  return accept(state, actor, chosen, { ...command, text }, context)
}

/** The question of a message, word for word and among the same readers, as a prompt of the actor's own. */
export function regenerate(
  state: State,
  actor: Actor,
  { messageId, model }: CommandOf<'message.regenerate'>,
  context: DecisionContext,
): Decision {
  const { laneId, entry } = placed(state, messageId, actor, context)
  need(actor.member.role, 'message.regenerate')
  checkModel(model, context)
  if (retractedAt(state, entry.id) !== undefined) throw alreadyRetracted()
  const lane = state.lanes[laneId]
  const turn = lane ? turnIn(lane, entry.turnId, context) : []
  const question = entry.role === 'user' ? entry : turn.find(({ role }) => role === 'user')
  if (!lane || !question) throw new ColloquyError('MALFORMED', 'Its question is not here to be asked again.')
  if (retractedAt(state, question.id) !== undefined) throw alreadyRetracted()
  if (turn.some(({ status }) => status === 'streaming')) throw streaming('It is still being answered.')
  const text = checkText(question.cells.map((cell) => context.body(cell)).join(''), context.limits)
  if (text === '') throw alreadyRetracted()
  const { audience, through } = lane
  const chosen = { laneId, readers: { audience, ...(through ? { through } : {}) }, lane, events: [] }
  const again = firstPlace(state, question.again ?? question.id)
  return accept(state, actor, chosen, { text, model, again }, context)
}

/** What the lane has of a turn, also where it has left the state. */
function turnIn(
  { laneId, entries }: Lane,
  turnId: string,
  { older }: DecisionContext,
): PlacedEntry['entry'][] {
  const here = entries.filter((each) => each.turnId === turnId)
  const left = older.filter((each) => each.laneId === laneId && each.entry.turnId === turnId)
  return [...here, ...left.map(({ entry }) => entry).filter(({ id }) => here.every((each) => each.id !== id))]
}

interface Asked {
  text: string
  seenSeq?: number | undefined
  model?: string | undefined
  again?: string | undefined
}

function accept(
  state: State,
  { principal, member }: Actor,
  { laneId, lane, events }: ChosenLane,
  { text, seenSeq, model, again }: Asked,
  context: DecisionContext,
): Decision {
  // How much waits in a lane that nobody has chosen yet may hang on a secret; who chooses it, and that they do, shall not.
  const chooses = lane?.narrowed && again === undefined
  if (lane && !chooses) checkRoom(state, principal.userId, lane, context.limits)
  const newId = idsOf(context.newId, principal.userId)
  const [promptId, cell] = [newId('p'), newId('c')]
  const at = context.now
  const accepted: SessionEvent = {
    ...{ type: 'prompt.accepted', at, promptId, laneId, author: principal.userId, cell },
    length: text.length,
    ...(seenSeq === undefined ? {} : { seenSeq }),
    ...(model === undefined ? {} : { model }),
    ...(again === undefined ? {} : { again }),
  }
  const named: NewEvent<SessionEvent>[] =
    member.name === principal.name ? [] : [{ event: renamed({ principal, member }, at) }]
  // `position` is the caller's to fill in: it follows from the state after these events.
  return {
    events: [...named, ...events, { event: accepted, body: text }],
    result: { promptId, laneId, position: 0 },
  }
}

function checkModel(model: string | undefined, { models }: DecisionContext): void {
  if (model !== undefined && !models.includes(model))
    throw new ColloquyError('MALFORMED', 'This model is not offered here.', { models })
}

/** A parked turn waits as a prompt does. */
function checkRoom({ prompts, turns }: State, userId: string, lane: Lane, limits: Limits): void {
  const waiting = [...lane.queue.map((id) => prompts[id]), ...lane.parked.map((id) => turns[id])]
  const mine = waiting.filter((each) => each?.author.id === userId).length
  if (mine >= limits.pendingPerPerson) {
    throw new ColloquyError('QUEUE_FULL', `You have ${mine} prompts waiting already.`, {
      limit: limits.pendingPerPerson,
    })
  }
  if (waiting.length >= limits.pendingPerLane) {
    throw new ColloquyError('QUEUE_FULL', `${waiting.length} prompts are waiting already.`, {
      limit: limits.pendingPerLane,
    })
  }
}

export function checkText(text: string, limits: Limits): string {
  const bytes = Buffer.byteLength(text)
  if (bytes > limits.promptBytes) {
    throw new ColloquyError(
      'TOO_LARGE',
      `A prompt may have ${limits.promptBytes} bytes; this one has ${bytes}.`,
      {
        limit: limits.promptBytes,
      },
    )
  }
  // Half a surrogate pair cannot be stored as UTF-8: it would come back as something else.
  return text.toWellFormed()
}

/** A person is called here what they are called where they signed in. */
function renamed({ principal: { userId, name }, member: { role } }: Actor, at: number): SessionEvent {
  return { type: 'member.changed', at, userId, name, role, by: userId }
}
