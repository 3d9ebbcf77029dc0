import { ColloquyError, may } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Principal } from '../access/principal.ts'
import type { Command, CommandOf } from './api.ts'
import { order } from './arbiter.ts'
import { fork, retract, share } from './decide-entries.ts'
import {
  acceptInvite,
  endInvite,
  makeInvite,
  removeMember,
  rename,
  setMember,
  setPolicy,
  stopMember,
} from './decide-members.ts'
import { checkText, regenerate, submit } from './decide-prompt.ts'
import { cancel, decideCall } from './decide-turn.ts'
import {
  type Actor,
  type Decision,
  type DecisionContext,
  forbidden,
  need,
  needFor,
  notFound,
  OK,
  readsIt,
} from './decision.ts'
import type { PendingPrompt, State } from './state.ts'

/** Decides a command. Pure. @throws ColloquyError when it is refused: nothing has then happened. */
export function decide(
  state: State,
  principal: Principal,
  command: Command,
  context: DecisionContext,
): Decision {
  if (command.type === 'invite.accept') return acceptInvite(state, principal, command, context)
  const member = state.members[principal.userId]
  if (!member) throw notFound('session')
  const actor = { principal, member }
  switch (command.type) {
    case 'prompt.submit':
      return submit(state, actor, command, context)
    case 'prompt.edit':
      return edit(state, actor, command, context)
    case 'prompt.withdraw':
      return withdraw(state, actor, command, context)
    case 'prompt.move':
      return move(state, actor, command, context)
    case 'turn.cancel':
      return cancel(state, actor, command, context)
    case 'call.decide':
      return decideCall(state, actor, command, context)
    case 'message.regenerate':
      return regenerate(state, actor, command, context)
    case 'message.share':
      return share(state, actor, command, context)
    case 'message.retract':
      return retract(state, actor, command, context)
    case 'lane.fork':
      return fork(state, actor, command, context)
    case 'invite.make':
      return makeInvite(actor, command, context)
    case 'invite.end':
      return endInvite(state, actor, command, context)
    case 'session.rename':
      return rename(state, actor, command, context)
    case 'member.set':
      return setMember(state, actor, command, context)
    case 'member.remove':
      return removeMember(state, actor, command, context)
    case 'member.stop':
      return stopMember(state, actor, command, context)
    case 'policy.set':
      return setPolicy(actor, command, context)
  }
}

function edit(
  state: State,
  actor: Actor,
  command: CommandOf<'prompt.edit'>,
  context: DecisionContext,
): Decision {
  const { userId: by } = actor.principal
  need(actor.member.role, 'prompt.change')
  const prompt = pending(state, command.promptId, actor, context)
  if (prompt.author.id !== by) throw forbidden('Only its author edits a prompt.')
  if (prompt.continues) throw new ColloquyError('PROMPT_NOT_PENDING', 'This prompt has been begun.')
  const text = checkText(command.text, context.limits)
  const cell = context.newId('c', prompt.laneId)
  const { promptId } = prompt
  const event: SessionEvent = {
    type: 'prompt.edited',
    at: context.now,
    promptId,
    by,
    cell,
    length: text.length,
  }
  return { events: [{ event, body: text }], erase: [prompt.cell], result: OK }
}

function withdraw(
  state: State,
  actor: Actor,
  command: CommandOf<'prompt.withdraw'>,
  context: DecisionContext,
): Decision {
  const prompt = pending(state, command.promptId, actor, context)
  needFor(prompt.author.id, actor, 'prompt.change')
  const event: SessionEvent = {
    type: 'prompt.withdrawn',
    at: context.now,
    promptId: prompt.promptId,
    by: actor.principal.userId,
  }
  // The text of one that had begun elsewhere stands there as its question.
  const erase = [prompt.continues?.cell ?? prompt.cell]
  return { events: [{ event }], erase, result: OK }
}

function move(
  state: State,
  actor: Actor,
  command: CommandOf<'prompt.move'>,
  context: DecisionContext,
): Decision {
  const { userId: by } = actor.principal
  const prompt = pending(state, command.promptId, actor, context)
  const before = command.before === null ? null : pending(state, command.before, actor, context)
  if (before && (before.laneId !== prompt.laneId || before === prompt)) {
    throw new ColloquyError('MALFORMED', 'A prompt moves before another prompt of its lane.')
  }
  const own = prompt.author.id === by && (before === null || before.author.id === by)
  if (own) need(actor.member.role, 'prompt.change')
  else if (!may(actor.member.role, 'prompt.change.others'))
    throw forbidden('You may reorder your own prompts.')
  const { promptId } = prompt
  const moved = {
    type: 'prompt.moved',
    at: context.now,
    promptId,
    by,
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

/** A prompt that waits in a lane that the actor reads. @throws ColloquyError */
function pending(state: State, promptId: string, actor: Actor, context: DecisionContext): PendingPrompt {
  const reads = (laneId: string) => readsIt(state, laneId, actor, context)
  const prompt = state.prompts[promptId]
  if (prompt && reads(prompt.laneId)) return prompt
  const known =
    Object.values(state.lanes).some(
      ({ laneId, ended }) => ended.some((each) => each.promptId === promptId) && reads(laneId),
    ) || Object.values(state.turns).some((turn) => turn.promptId === promptId && reads(turn.laneId))
  throw known ? new ColloquyError('PROMPT_NOT_PENDING', 'This prompt no longer waits.') : notFound('prompt')
}
