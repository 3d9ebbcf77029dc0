import { atLeast, ColloquyError, type Limits, MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Principal } from '../access/principal.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { Command, CommandOf } from './api.ts'
import { order } from './arbiter.ts'
import { acceptInvite, makeInvite, removeMember, setMember } from './decide-members.ts'
import { cancel, decideCall } from './decide-turn.ts'
import {
  authorOrModerator,
  type Decision,
  type DecisionContext,
  forbidden,
  need,
  notFound,
  OK,
} from './decision.ts'
import { cellsOf } from './fold-calls.ts'
import { rolledLane } from './segments.ts'
import type { Lane, Member, PendingPrompt, State } from './state.ts'

/** Decides a command. Pure. @throws ColloquyError when it is refused: nothing has then happened. */
export function decide(state: State, actor: Principal, command: Command, context: DecisionContext): Decision {
  if (command.type === 'invite.accept') return acceptInvite(state, actor, command, context)
  const member = state.members[actor.userId]
  if (!member) throw notFound('session')
  switch (command.type) {
    case 'prompt.submit':
      return submit(state, actor, member, command, context)
    case 'prompt.edit':
      return edit(state, actor, member, command, context)
    case 'prompt.withdraw':
      return withdraw(state, actor, member, command, context)
    case 'prompt.move':
      return move(state, actor, member, command, context)
    case 'turn.cancel':
      return cancel(state, actor, member, command, context)
    case 'call.decide':
      return decideCall(state, actor, member, command, context)
    case 'message.retract':
      return retract(state, actor, member, command, context)
    case 'invite.make':
      return makeInvite(actor, member, command, context)
    case 'member.set':
      return setMember(state, actor, member, command, context)
    case 'member.remove':
      return removeMember(state, actor, member, command, context)
  }
}

function submit(
  state: State,
  actor: Principal,
  member: Member,
  command: CommandOf<'prompt.submit'>,
  context: DecisionContext,
): Decision {
  need(member.role, 'prompter')
  const text = checkText(command.text, context.limits)
  if (command.model !== undefined && !context.models.includes(command.model)) {
    throw new ColloquyError('MALFORMED', 'This model is not offered here.', { models: context.models })
  }
  const lane = state.lanes[MAIN_LANE]
  if (!lane) throw notFound('lane')
  checkRoom(state, actor.userId, lane, context.limits)

  const promptId = context.newId('p')
  const cell = context.newId('c')
  const at = context.now
  const accepted: SessionEvent = {
    ...{ type: 'prompt.accepted', at, promptId, laneId: lane.laneId, author: actor.userId, cell },
    length: text.length,
    ...(command.seenSeq === undefined ? {} : { seenSeq: command.seenSeq }),
    ...(command.model === undefined ? {} : { model: command.model }),
  }
  const events: NewEvent<SessionEvent>[] = [{ event: accepted, body: text }]
  if (member.name !== actor.name) events.unshift({ event: renamed(actor, member, at) })
  // `position` is the caller's to fill in: it follows from the state after these events.
  return { events, result: { promptId, laneId: lane.laneId, position: 0 } }
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

function checkText(text: string, limits: Limits): string {
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

function edit(
  state: State,
  actor: Principal,
  member: Member,
  command: CommandOf<'prompt.edit'>,
  context: DecisionContext,
): Decision {
  need(member.role, 'prompter')
  const prompt = pending(state, command.promptId)
  if (prompt.author.id !== actor.userId) throw forbidden('Only its author edits a prompt.')
  const text = checkText(command.text, context.limits)
  const cell = context.newId('c')
  const { promptId } = prompt
  const event: SessionEvent = {
    type: 'prompt.edited',
    at: context.now,
    promptId,
    by: actor.userId,
    cell,
    length: text.length,
  }
  return { events: [{ event, body: text }], erase: [prompt.cell], result: OK }
}

function withdraw(
  state: State,
  actor: Principal,
  member: Member,
  command: CommandOf<'prompt.withdraw'>,
  context: DecisionContext,
): Decision {
  const prompt = pending(state, command.promptId)
  authorOrModerator(prompt.author.id, actor, member)
  const event: SessionEvent = {
    type: 'prompt.withdrawn',
    at: context.now,
    promptId: prompt.promptId,
    by: actor.userId,
  }
  return { events: [{ event }], erase: [prompt.cell], result: OK }
}

function move(
  state: State,
  actor: Principal,
  member: Member,
  command: CommandOf<'prompt.move'>,
  context: DecisionContext,
): Decision {
  const prompt = pending(state, command.promptId)
  const before = command.before === null ? null : pending(state, command.before)
  if (before && (before.laneId !== prompt.laneId || before === prompt)) {
    throw new ColloquyError('MALFORMED', 'A prompt moves before another prompt of its lane.')
  }
  const own = prompt.author.id === actor.userId && (before === null || before.author.id === actor.userId)
  if (own) need(member.role, 'prompter')
  else if (!atLeast(member.role, 'moderator')) throw forbidden('You may reorder your own prompts.')
  const { promptId } = prompt
  const moved = {
    type: 'prompt.moved',
    at: context.now,
    promptId,
    by: actor.userId,
    before: command.before,
  } as const
  return { events: [{ event: own ? moved : { ...moved, pinned: pin(state, prompt, before) } }], result: OK }
}

/**
 * The order that a moderator's move fixes: all that runs before the moved prompt, the prompt, and what earlier
 * moves had fixed behind it.
 */
function pin(state: State, prompt: PendingPrompt, before: PendingPrompt | null): string[] {
  const lane = state.lanes[prompt.laneId]
  const others = lane ? order(state, lane).filter((other) => other.promptId !== prompt.promptId) : []
  const at = before ? others.indexOf(before) : others.length
  const fixed = new Set(lane?.pinned)
  const behind = others.slice(at).filter((other) => fixed.has(other.promptId))
  return [...others.slice(0, at), prompt, ...behind].map((each) => each.promptId)
}

function retract(
  state: State,
  actor: Principal,
  member: Member,
  command: CommandOf<'message.retract'>,
  context: DecisionContext,
): Decision {
  const inLanes = Object.values(state.lanes).flatMap((lane) =>
    lane.entries.filter((e) => e.id === command.messageId),
  )
  const entry = inLanes[0] ?? context.older
  if (!entry) throw notFound('message')
  authorOrModerator(entry.author.id, actor, member)
  if (state.retracted[entry.id] !== undefined)
    throw new ColloquyError('ALREADY_RETRACTED', 'It was taken back before.')
  if (state.turns[entry.turnId])
    throw new ColloquyError('MESSAGE_STREAMING', 'Its turn still runs: stop it first.')
  const cells = cellsOf(entry)
  const { now: at } = context
  const event: SessionEvent = {
    ...{ type: 'entry.retracted', at, messageId: entry.id, laneId: MAIN_LANE },
    ...{ by: actor.userId, cells },
  }
  const lane = state.lanes[MAIN_LANE]
  if (!lane || entry.seq < lane.firstSeq) return { events: [{ event }], erase: cells, result: OK }
  // A Yjs doc keeps no secret it once held: the text is only gone with the incarnation.
  return { events: [{ event }, { event: rolledLane(lane, 'erased', at) }], erase: cells, result: OK }
}

function pending(state: State, promptId: string): PendingPrompt {
  const prompt = state.prompts[promptId]
  if (prompt) return prompt
  const known =
    state.ended.some((ended) => ended.promptId === promptId) ||
    Object.values(state.turns).some((turn) => turn.promptId === promptId)
  throw known ? new ColloquyError('PROMPT_NOT_PENDING', 'This prompt no longer waits.') : notFound('prompt')
}

/** A person is called here what they are called where they signed in. */
function renamed({ userId, name }: Principal, { role }: Member, at: number): SessionEvent {
  return { type: 'member.changed', at, userId, name, role, by: userId }
}
