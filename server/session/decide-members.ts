import { atLeast, ColloquyError, may, type Role } from '@colloquy/shared'
import type { InvitesAnswer } from '@colloquy/shared/answers'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Principal } from '../access/principal.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { CommandOf } from './api.ts'
import { type Actor, type Decision, type DecisionContext, forbidden, need, notFound, OK } from './decision.ts'
import { readsLane } from './lane-access.ts'
import type { Invite, PendingPrompt, State, Turn } from './state.ts'
import { endTurn, endTurns } from './turn-end.ts'

// Decisions about who is in the session and as what.

export function makeInvite(
  { principal, member }: Actor,
  command: CommandOf<'invite.make'>,
  context: DecisionContext,
): Decision {
  need(member.role, 'invite.make')
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
    by: principal.userId,
  }
  return { events: [{ event }], result: { expiresAt } }
}

export function endInvite(
  state: State,
  { principal, member }: Actor,
  { inviteId }: CommandOf<'invite.end'>,
  { now: at }: DecisionContext,
): Decision {
  need(member.role, 'invite.end')
  if (!Object.hasOwn(state.invites, inviteId)) throw notFound('invite')
  return { events: [{ event: { type: 'invite.ended', at, inviteId, by: principal.userId } }], result: OK }
}

export function rename(
  state: State,
  { principal, member }: Actor,
  { title }: CommandOf<'session.rename'>,
  { now: at }: DecisionContext,
): Decision {
  need(member.role, 'session.rename')
  if (title === state.title) return { events: [], result: OK }
  return { events: [{ event: { type: 'session.renamed', at, title, by: principal.userId } }], result: OK }
}

export function acceptInvite(
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
  checkInvite(state, invite, context.now)
  if ((state.barred[userId] ?? -1) >= invite.at)
    throw forbidden('You were taken out after this invite was made.')
  const { inviteId } = command
  const joined = memberChanged(userId, actor.name, invite.role, userId, context.now)
  return { events: [{ event: { ...joined, inviteId } }], result: { sessionId, userId, role: invite.role } }
}

/** An invite is an act of its maker: it holds as long as they may make it. */
function holds({ members }: State, { by, role, expiresAt }: Invite, now: number): boolean {
  const maker = members[by]?.role
  return may(maker, 'invite.make') && atLeast(maker, role) && expiresAt > now
}

/** @throws ColloquyError when nobody can come in by it any more */
export function checkInvite(state: State, invite: Invite, now: number): void {
  if (!holds(state, invite, now)) throw new ColloquyError('INVITE_EXPIRED', 'This invite no longer holds.')
  if (invite.usesLeft <= 0) throw new ColloquyError('INVITE_SPENT', 'This invite has been used up.')
}

/** Those that still let somebody in, newest first. */
export function openInvites(state: State, now: number): InvitesAnswer['invites'] {
  const open = Object.entries(state.invites).filter(
    ([, invite]) => holds(state, invite, now) && invite.usesLeft > 0,
  )
  return open
    .map(([inviteId, { role, by, at, usesLeft, expiresAt }]) => {
      const name = state.members[by]?.name ?? by
      return { inviteId, role, by: { id: by, name }, at, usesLeft, expiresAt }
    })
    .sort((a, b) => b.at - a.at || (a.inviteId < b.inviteId ? -1 : 1))
}

export function setMember(
  state: State,
  actor: Actor,
  command: CommandOf<'member.set'>,
  context: DecisionContext,
): Decision {
  need(actor.member.role, 'member.set')
  const { userId, role } = command
  const target = state.members[userId]
  if (role !== 'owner') keepAnOwner(state, userId)
  const name = target?.name ?? command.name ?? userId
  const changed = { event: memberChanged(userId, name, role, actor.principal.userId, context.now) }
  if (may(role, 'prompt.submit')) return { events: [changed], result: OK }
  return first(changed, endAll(state, userId, actor, context))
}

export function removeMember(
  state: State,
  actor: Actor,
  { userId }: CommandOf<'member.remove'>,
  context: DecisionContext,
): Decision {
  const by = actor.principal.userId
  if (userId !== by) need(actor.member.role, 'member.remove')
  const target = state.members[userId]
  if (!target) throw notFound('member')
  keepAnOwner(state, userId)
  const changed = { event: memberChanged(userId, target.name, null, by, context.now) }
  return first(changed, endAll(state, userId, actor, context))
}

/** All that a person has waiting and running, in lanes that the actor reads and in others, unseen. */
export function stopMember(
  state: State,
  actor: Actor,
  { userId }: CommandOf<'member.stop'>,
  context: DecisionContext,
): Decision {
  if (userId !== actor.principal.userId) need(actor.member.role, 'member.stop')
  if (!state.members[userId]) throw notFound('member')
  return endAll(state, userId, actor, context)
}

export function setPolicy(
  { principal, member }: Actor,
  { withoutTools }: CommandOf<'policy.set'>,
  { now: at }: DecisionContext,
): Decision {
  need(member.role, 'policy.set')
  const names = [...new Set(withoutTools)].sort()
  return {
    events: [{ event: { type: 'policy.changed', at, by: principal.userId, withoutTools: names } }],
    result: OK,
  }
}

/** What a person has in lanes that no longer share anything with them, after they left a group. */
export function lapsed(
  state: State,
  userId: string,
  context: Pick<DecisionContext, 'now' | 'newId' | 'rights' | 'said'>,
): Pick<Decision, 'events' | 'erase'> {
  const gone = ({ laneId }: { laneId: string }) => {
    const lane = state.lanes[laneId]
    return !lane || !readsLane(state, lane, userId, context.rights)
  }
  const { prompts, turns } = workOf(state, userId)
  return revoked(state, { prompts: prompts.filter(gone), turns: turns.filter(gone) }, userId, context)
}

/** A person who may no longer prompt, or shall stop: what they had waiting or running ends. */
function endAll(state: State, userId: string, { principal }: Actor, context: DecisionContext): Decision {
  return { ...revoked(state, workOf(state, userId), principal.userId, context), result: OK }
}

interface Work {
  prompts: PendingPrompt[]
  turns: Turn[]
}

function workOf(state: State, userId: string): Work {
  return {
    prompts: Object.values(state.prompts).filter((prompt) => prompt.author.id === userId),
    turns: Object.values(state.turns).filter((turn) => turn.author.id === userId),
  }
}

function revoked(
  state: State,
  { prompts, turns }: Work,
  by: string,
  { now: at, newId, said }: Pick<DecisionContext, 'now' | 'newId' | 'said'>,
): Required<Pick<Decision, 'events' | 'erase'>> {
  const withdrawn = prompts.map(({ promptId }): SessionEvent => {
    return { type: 'prompt.withdrawn', at, promptId, by, reason: 'REVOKED' }
  })
  const ended = endTurns(turns, (turn) => {
    const ending = { end: 'revoked' as const, reason: 'REVOKED' as const, said: said(turn.turnId) }
    return endTurn(state, turn, ending, at, newId)
  })
  return {
    events: [...withdrawn.map((event) => ({ event })), ...ended.events],
    erase: [...prompts.map(({ cell, continues }) => continues?.cell ?? cell), ...ended.erase],
  }
}

function first(event: NewEvent<SessionEvent>, then: Decision): Decision {
  return { ...then, events: [event, ...then.events] }
}

function memberChanged(userId: string, name: string, role: Role | null, by: string, at: number) {
  return { type: 'member.changed', at, userId, name, role, by } as const
}

function keepAnOwner(state: State, userId: string): void {
  if (state.members[userId]?.role !== 'owner') return
  const owners = Object.values(state.members).filter((member) => member.role === 'owner').length
  if (owners === 1)
    throw new ColloquyError('LAST_OWNER', 'The last owner first makes somebody else an owner.')
}
