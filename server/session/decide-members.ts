import { atLeast, ColloquyError, type Role } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Principal } from '../access/principal.ts'
import type { CommandOf } from './api.ts'
import { type Decision, type DecisionContext, forbidden, need, notFound, OK } from './decision.ts'
import type { Invite, Member, State } from './state.ts'
import { endTurn } from './turn-end.ts'

// Decisions about who is in the session and as what.

export function makeInvite(
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
  const joined = memberChanged(userId, actor.name, invite.role, actor, context.now)
  return { events: [{ event: { ...joined, inviteId } }], result: { sessionId, userId, role: invite.role } }
}

/**
 * An invite is an act of its maker: it holds as long as they may make it.
 * @throws ColloquyError when nobody can come in by it any more
 */
export function checkInvite(state: State, invite: Invite, now: number): void {
  const maker = state.members[invite.by]?.role
  const revoked = !atLeast(maker, 'moderator') || !atLeast(maker, invite.role)
  if (revoked || invite.expiresAt <= now)
    throw new ColloquyError('INVITE_EXPIRED', 'This invite no longer holds.')
  if (invite.usesLeft <= 0) throw new ColloquyError('INVITE_SPENT', 'This invite has been used up.')
}

export function setMember(
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

export function removeMember(
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
  const waiting = Object.values(state.prompts).filter((prompt) => prompt.author.id === userId)
  const withdrawn = waiting.map(({ promptId }): SessionEvent => {
    return { type: 'prompt.withdrawn', at, promptId, by, reason: 'REVOKED' }
  })
  const turns = Object.values(state.turns).filter((turn) => turn.author.id === userId)
  const ended = turns.flatMap((turn) =>
    endTurn(
      state,
      turn,
      { end: 'revoked', reason: 'REVOKED', said: context.said(turn.turnId) },
      at,
      context.newId,
    ),
  )
  return {
    events: [...[changed, ...withdrawn].map((event) => ({ event })), ...ended],
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
