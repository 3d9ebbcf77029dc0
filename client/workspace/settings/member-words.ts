import type { Member, Role } from '@colloquy/client'
import { ROLES } from '@colloquy/shared/roles'
import { cleanName } from '../parts/names.ts'
import { ROLE_WORDS } from '../parts/roles.ts'

/** True for an owner beside whom there is none: nobody would be left who may say who is in. */
export function isOnlyOwner(id: string | undefined, members: readonly Member[]): boolean {
  const owners = members.filter(({ role }) => role === 'owner')
  return owners.length === 1 && owners[0]?.id === id
}

/** Owners first, then by name. */
export function byRole(members: readonly Member[]): readonly Member[] {
  return members.toSorted(
    (a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || a.name.localeCompare(b.name),
  )
}

export interface Question {
  title: string
  text: string
  action: string
}

/** What is asked before a role is given, where more follows from it than the role; null: nothing is. */
export function roleQuestion(member: Member, role: Role, isMe: boolean): Question | null {
  const name = cleanName(member.name)
  if (isMe) {
    return {
      title: `Become a ${ROLE_WORDS[role].name.toLowerCase()}?`,
      text: `You then manage this session no longer: a ${ROLE_WORDS[role].name.toLowerCase()} ${ROLE_WORDS[role].may}. Only another owner can undo it.${role === 'viewer' ? ' What you have waiting and running here ends.' : ''}`,
      action: 'Step down',
    }
  }
  if (role === 'owner') {
    return {
      title: `Make ${name} an owner?`,
      text: 'An owner may do all that you may: manage members, take anybody out, you too, and read the history.',
      action: 'Make owner',
    }
  }
  if (role !== 'viewer') return null
  return {
    title: `Make ${name} a viewer?`,
    text: `A viewer only reads. What ${name} has waiting and running here ends.`,
    action: 'Make viewer',
  }
}

export function removeQuestion(member: Member): Question {
  const name = cleanName(member.name)
  return {
    title: `Take ${name} out?`,
    text: `At once ${name} reads nothing more of this session, and what they have waiting and running here ends. What they said stays. Invites from before do not let them in again.`,
    action: 'Take out',
  }
}
