import { ColloquyError, may } from '@colloquy/shared'
import type { SessionEvent, TurnReason } from '@colloquy/shared/events'
import { idsOf } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import { canonicalJson } from '../tools/canonical.ts'
import type { CommandOf } from './api.ts'
import { CALL_WORDS } from './call-words.ts'
import {
  type Actor,
  type Decision,
  type DecisionContext,
  forbidden,
  needFor,
  notFound,
  OK,
  readsIt,
} from './decision.ts'
import { intents, MOST_CALLS, readArgs, settled } from './intents.ts'
import { answerOf } from './parked.ts'
import type { Call, State, Turn } from './state.ts'
import { endTurn } from './turn-end.ts'

// Decisions about a turn that runs or waits: to stop it, and to allow, deny or change one of its calls.

export function cancel(
  state: State,
  actor: Actor,
  command: CommandOf<'turn.cancel'>,
  context: DecisionContext,
): Decision {
  const turn = runningTurn(state, command.turnId, actor, context)
  needFor(turn.author.id, actor, 'turn.cancel')
  const own = turn.author.id === actor.principal.userId
  const reason: TurnReason = own ? 'STOPPED_BY_AUTHOR' : 'STOPPED_BY_MODERATOR'
  const ending = { end: 'cancelled' as const, reason, said: context.said(turn.turnId) }
  return { ...endTurn(state, turn, ending, context.now, context.newId), result: OK }
}

/** What somebody says of a call holds for exactly these arguments, once, until the call expires. */
export function decideCall(
  state: State,
  actor: Actor,
  command: CommandOf<'call.decide'>,
  context: DecisionContext,
): Decision {
  const turn = runningTurn(state, command.turnId, actor, context)
  const call = answerOf(state, turn)?.calls.find(({ callId }) => callId === command.callId)
  if (!call) throw notFound('call')
  mayDecide(call, turn, actor, command.decision, context)
  if (call.decision !== undefined || call.settled || call.approver === undefined)
    throw new ColloquyError('CALL_DECIDED', 'This call waits for nobody any more.')
  if (call.argsHash !== command.argsHash)
    throw new ColloquyError('CALL_CHANGED', 'These are not the arguments of this call.')
  if ((call.expiresAt ?? 0) <= context.now)
    throw new ColloquyError('APPROVAL_EXPIRED', 'This call was not allowed in time.')
  const by = { id: actor.principal.userId, name: actor.member.name }
  if (command.decision === 'edit') return edit(state, turn, call, command.args, by, context)
  const { turnId } = turn
  const { callId } = call
  const allowed = command.decision === 'allow'
  const events = [decided(turnId, call, allowed ? 'allowed' : 'denied', by, context)]
  if (!allowed) {
    const denied = { outcome: 'denied' as const, reason: 'APPROVAL_DENIED' as const }
    const end = { ...denied, body: CALL_WORDS.APPROVAL_DENIED }
    events.push(settled(turnId, callId, context.now, idsOf(context.newId, turn.laneId), end))
  }
  return { events, result: OK }
}

function mayDecide(
  call: Call,
  turn: Turn,
  { principal: { userId }, member: { role } }: Actor,
  decision: string,
  { rights }: DecisionContext,
): void {
  const isAuthor = turn.author.id === userId
  if (decision === 'edit') {
    if (!isAuthor) throw forbidden('Only the author of the prompt changes what is called.')
  } else if (call.approver === 'moderator') {
    if (!may(role, 'call.decide.others')) throw forbidden('A moderator allows this call.')
  } else if (!isAuthor) throw forbidden('Only the author of the prompt allows this call.')
  if (!may(role, 'call.decide')) throw forbidden('This needs the role prompter.')
  if (decision === 'allow' && !rights.mayApprove(call.tool, userId))
    throw forbidden('You are not among those who may allow this tool.')
}

/** Other arguments are another call: with a hash and a key of its own, and with consent of its own to come by. */
function edit(
  state: State,
  turn: Turn,
  call: Call,
  args: unknown,
  by: { id: string; name: string },
  context: DecisionContext,
): Decision {
  const { turnId, laneId, author } = turn
  const { toolbox, rights, now, fingerprint } = context
  const newId = idsOf(context.newId, laneId)
  const tool = toolbox.find(call.tool)
  const lane = state.lanes[laneId]
  if (!tool || !lane) throw notFound('tool')
  const read = readArgs(tool, args)
  if ('problem' in read) throw new ColloquyError('MALFORMED', read.problem)
  if (canonicalJson(args) === context.body(call.cell))
    throw new ColloquyError('MALFORMED', 'These arguments are the ones it has.')
  const { step } = call
  const from = answerOf(state, turn)?.calls.filter((each) => each.step === step).length ?? 0
  if (from >= MOST_CALLS)
    throw new ColloquyError('MALFORMED', 'This step has had too many calls: allow this one or deny it.')
  const end = { outcome: 'denied' as const, reason: 'ARGS_EDITED' as const, body: CALL_WORDS.ARGS_EDITED }
  const events = [
    decided(turnId, call, 'edited', by, context),
    settled(turnId, call.callId, now, newId, end),
    ...intents([{ tool: call.tool, args }], {
      ...{ state, lane, author, toolbox, rights, newId, fingerprint, now, turnId, step, from },
    }),
  ]
  return { events, result: OK }
}

function decided(
  turnId: string,
  { callId, argsHash }: Call,
  decision: 'allowed' | 'denied' | 'edited',
  by: { id: string; name: string },
  { now: at }: DecisionContext,
): NewEvent<SessionEvent> {
  return { event: { type: 'tool.approval', at, turnId, callId, argsHash, decision, by } }
}

/** A turn that runs or is parked in a lane that the actor reads. @throws ColloquyError */
function runningTurn(state: State, turnId: string, actor: Actor, context: DecisionContext): Turn {
  const turn = state.turns[turnId]
  if (turn && readsIt(state, turn.laneId, actor, context)) return turn
  const known = Object.values(state.lanes).some(
    ({ laneId, entries }) =>
      entries.some((each) => each.turnId === turnId && !each.shared) &&
      readsIt(state, laneId, actor, context),
  )
  throw known ? new ColloquyError('TURN_ENDED', 'This turn has ended.') : notFound('turn')
}
