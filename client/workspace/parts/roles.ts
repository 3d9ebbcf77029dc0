import type { Me, Role } from '@colloquy/client'

/** What a role may do, in words. */
export const ROLE_WORDS: Record<Role, { name: string; may: string }> = {
  owner: { name: 'Owner', may: 'may do everything, and manage members' },
  moderator: { name: 'Moderator', may: 'may ask, invite, rename, and stop answers' },
  prompter: { name: 'Prompter', may: 'may read and ask' },
  viewer: { name: 'Viewer', may: 'may read' },
}

/** Not yet known counts as yes: the server decides, and a composer that appears late is worse than a refusal. */
export function mayPrompt(me: Me | null): boolean {
  return me?.role !== 'viewer'
}

export function mayModerate(me: Me | null): boolean {
  return me?.role === 'owner' || me?.role === 'moderator'
}
