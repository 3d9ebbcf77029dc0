/** What a member of a session may do, from most to least: each role includes the ones after it. */
export const ROLES = ['owner', 'moderator', 'prompter', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** True when `role` carries at least the rights of `needed`; a person without a role has none. */
export function atLeast(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) <= ROLES.indexOf(needed)
}
