import { atLeast, type Role } from './roles.ts'

/**
 * The least role for each act in a session. `.others`: on what somebody else wrote or runs, and only where one is
 * among its readers: no role reads what its holder is not a reader of.
 */
const LEAST = {
  'session.fork': 'viewer',
  'prompt.submit': 'prompter',
  'prompt.change': 'prompter',
  'prompt.change.others': 'moderator',
  'turn.cancel': 'prompter',
  'turn.cancel.others': 'moderator',
  'call.decide': 'prompter',
  'call.decide.others': 'moderator',
  'message.share': 'prompter',
  'message.regenerate': 'prompter',
  'message.retract': 'prompter',
  'message.retract.others': 'moderator',
  'board.write': 'prompter',
  'invite.make': 'moderator',
  'invite.end': 'moderator',
  'session.rename': 'moderator',
  /** Ends all that a person has waiting and running, unseen. */
  'member.stop': 'moderator',
  'member.set': 'owner',
  'member.remove': 'owner',
  'policy.set': 'owner',
  'audit.read': 'owner',
} as const satisfies Record<string, Role>

export type Action = keyof typeof LEAST
export const ACTIONS = Object.keys(LEAST) as readonly Action[]

/** True when a member with this role may do it; whoever has no role may do nothing. */
export function may(role: Role | undefined, action: Action): boolean {
  return atLeast(role, LEAST[action])
}

/** The least role that may do it. */
export function leastRole(action: Action): Role {
  return LEAST[action]
}
