import { atLeast, ColloquyError, type Limits, MAIN_LANE, type Role } from '@colloquy/shared'
import type { SessionEvent, TurnReason } from '@colloquy/shared/events'
import type { Principal } from '../access/principal.ts'
import type { NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { Command, CommandOf, CommandResult } from './api.ts'
import { order } from './arbiter.ts'
import type { Entry, Member, PendingPrompt, State } from './state.ts'

/** What a command does: the events it causes, the cells it destroys and its answer. */
export interface Decision {
  events: NewEvent<SessionEvent>[]
  erase?: string[]
  result: CommandResult[Command['type']]
}

/** What a decision may use beside the state: it has no clock, no randomness and no I/O of its own. */
export interface DecisionContext {
  now: number
  newId: NewId
  limits: Limits
  models: readonly string[]
  /** What a running turn has said so far. */
  said(turnId: string): string
  /** Finds a message that the state no longer keeps. */
  older: Entry | undefined
}

const OK = { ok: true } as const

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
  checkRoom(state, actor.userId, lane.queue, context.limits)

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
  if (member.name !== actor.name)
    events.unshift({ event: memberChanged(actor.userId, actor.name, member.role, actor, at) })
  // `position` is the caller's to fill in: it follows from the state after these events.
  return { events, result: { promptId, laneId: lane.laneId, position: 0 } }
}

function checkRoom(state: State, userId: string, queue: readonly string[], limits: Limits): void {
  const mine = queue.filter((id) => state.prompts[id]?.author.id === userId).length
  if (mine >= limits.pendingPerPerson) {
    throw new ColloquyError('QUEUE_FULL', `You have ${mine} prompts waiting already.`, {
      limit: limits.pendingPerPerson,
    })
  }
  if (queue.length >= limits.pendingPerLane) {
    throw new ColloquyError('QUEUE_FULL', `${queue.length} prompts are waiting already.`, {
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

/** The order that a moderator's move fixes: all that runs before the moved prompt, and the prompt. */
function pin(state: State, prompt: PendingPrompt, before: PendingPrompt | null): string[] {
  const lane = state.lanes[prompt.laneId]
  const others = lane ? order(state, lane).filter((other) => other.promptId !== prompt.promptId) : []
  const at = before ? others.indexOf(before) : others.length
  return [...others.slice(0, at), prompt].map((each) => each.promptId)
}

function cancel(
  state: State,
  actor: Principal,
  member: Member,
  command: CommandOf<'turn.cancel'>,
  context: DecisionContext,
): Decision {
  const turn = state.turns[command.turnId]
  if (!turn) {
    const known = Object.values(state.lanes).some((lane) =>
      lane.entries.some((e) => e.turnId === command.turnId),
    )
    throw known ? new ColloquyError('TURN_ENDED', 'This turn has ended.') : notFound('turn')
  }
  authorOrModerator(turn.author.id, actor, member)
  const reason: TurnReason = turn.author.id === actor.userId ? 'STOPPED_BY_AUTHOR' : 'STOPPED_BY_MODERATOR'
  const said = context.said(turn.turnId)
  const ended = {
    type: 'turn.ended',
    at: context.now,
    turnId: turn.turnId,
    end: 'cancelled',
    reason,
  } as const
  if (said === '') return { events: [{ event: ended }], result: OK }
  const event: SessionEvent = { ...ended, cell: context.newId('c'), length: said.length }
  return { events: [{ event, body: said }], result: OK }
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
  const cells = [...entry.cells]
  const { now: at } = context
  const event: SessionEvent = {
    ...{ type: 'entry.retracted', at, messageId: entry.id, laneId: MAIN_LANE },
    ...{ by: actor.userId, cells },
  }
  const lane = state.lanes[MAIN_LANE]
  if (!lane || entry.seq < lane.firstSeq) return { events: [{ event }], erase: cells, result: OK }
  // A Yjs doc keeps no secret it once held: the text is only gone with the incarnation.
  const { laneId, incarnation, firstSeq } = lane
  const rolled: SessionEvent = {
    ...{
      type: 'lane.rolled',
      at,
      laneId,
      doc: 'lane',
      incarnation: incarnation + 1,
      firstSeq,
      why: 'erased',
    },
  }
  return { events: [{ event }, { event: rolled }], erase: cells, result: OK }
}

function makeInvite(
  actor: Principal,
  member: Member,
  command: CommandOf<'invite.make'>,
  context: DecisionContext,
): Decision {
  need(member.role, 'moderator')
  if (!atLeast(member.role, command.role)) throw forbidden('An invite gives at most your own role.')
  const expiresAt = context.now + command.expiresIn
  const { inviteId, role, uses } = command
  const event: SessionEvent = {
    type: 'invite.made',
    at: context.now,
    inviteId,
    role,
    uses,
    expiresAt,
    by: actor.userId,
  }
  return { events: [{ event }], result: { expiresAt } }
}

function acceptInvite(
  state: State,
  actor: Principal,
  command: CommandOf<'invite.accept'>,
  context: DecisionContext,
): Decision {
  const invite = state.invites[command.inviteId]
  if (!invite) throw notFound('invite')
  const { sessionId } = state
  const { userId } = actor
  const member = state.members[userId]
  // Somebody who is in already keeps their role and spends no use.
  if (member) return { events: [], result: { sessionId, userId, role: member.role } }
  if (invite.expiresAt <= context.now) throw new ColloquyError('INVITE_EXPIRED', 'This invite has expired.')
  if (invite.usesLeft <= 0) throw new ColloquyError('INVITE_SPENT', 'This invite has been used up.')
  const { inviteId } = command
  const joined = memberChanged(userId, actor.name, invite.role, actor, context.now)
  return { events: [{ event: { ...joined, inviteId } }], result: { sessionId, userId, role: invite.role } }
}

function setMember(
  state: State,
  actor: Principal,
  member: Member,
  command: CommandOf<'member.set'>,
  context: DecisionContext,
): Decision {
  need(member.role, 'owner')
  const target = state.members[command.userId]
  if (command.role !== 'owner') keepAnOwner(state, command.userId)
  const name = target?.name ?? command.name ?? command.userId
  const changed = memberChanged(command.userId, name, command.role, actor, context.now)
  if (atLeast(command.role, 'prompter')) return { events: [{ event: changed }], result: OK }
  return ending(state, command.userId, actor, changed, context)
}

function removeMember(
  state: State,
  actor: Principal,
  member: Member,
  command: CommandOf<'member.remove'>,
  context: DecisionContext,
): Decision {
  if (command.userId !== actor.userId) need(member.role, 'owner')
  const target = state.members[command.userId]
  if (!target) throw notFound('member')
  keepAnOwner(state, command.userId)
  return ending(
    state,
    command.userId,
    actor,
    memberChanged(command.userId, target.name, null, actor, context.now),
    context,
  )
}

/** A person who may no longer prompt: what they had waiting or running ends with the change. */
function ending(
  state: State,
  userId: string,
  actor: Principal,
  changed: SessionEvent,
  context: DecisionContext,
): Decision {
  const at = context.now
  const by = actor.userId
  const events: SessionEvent[] = [changed]
  const waiting = Object.values(state.prompts).filter((prompt) => prompt.author.id === userId)
  for (const { promptId } of waiting)
    events.push({ type: 'prompt.withdrawn', at, promptId, by, reason: 'REVOKED' })
  for (const turn of Object.values(state.turns)) {
    if (turn.author.id !== userId) continue
    events.push({ type: 'turn.ended', at, turnId: turn.turnId, end: 'revoked', reason: 'REVOKED' })
  }
  return {
    events: events.map((event) => ({ event })),
    erase: waiting.map((prompt) => prompt.cell),
    result: OK,
  }
}

function memberChanged(userId: string, name: string, role: Role | null, actor: Principal, at: number) {
  return { type: 'member.changed', at, userId, name, role, by: actor.userId } as const
}

function keepAnOwner(state: State, userId: string): void {
  if (state.members[userId]?.role !== 'owner') return
  const owners = Object.values(state.members).filter((member) => member.role === 'owner').length
  if (owners === 1)
    throw new ColloquyError('LAST_OWNER', 'The last owner first makes somebody else an owner.')
}

function pending(state: State, promptId: string): PendingPrompt {
  const prompt = state.prompts[promptId]
  if (prompt) return prompt
  const known =
    state.ended.some((ended) => ended.promptId === promptId) ||
    Object.values(state.turns).some((turn) => turn.promptId === promptId)
  throw known ? new ColloquyError('PROMPT_NOT_PENDING', 'This prompt no longer waits.') : notFound('prompt')
}

function need(role: Role, needed: Role): void {
  if (!atLeast(role, needed)) throw forbidden(`This needs the role ${needed}.`)
}

function authorOrModerator(author: string, actor: Principal, member: Member): void {
  if (author === actor.userId) need(member.role, 'prompter')
  else need(member.role, 'moderator')
}

const forbidden = (message: string) => new ColloquyError('FORBIDDEN', message)
const notFound = (what: string) => new ColloquyError('NOT_FOUND', `There is no such ${what}.`)
