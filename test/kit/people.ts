import type { Principal } from '../../server/access/principal.ts'

/** A person whose name is their id, with a proof that does not lapse. */
export function principal(userId: string): Principal {
  return { userId, name: userId, groups: [], admin: false, expiresAt: Number.MAX_SAFE_INTEGER }
}

/** Somebody whose turn in the main lane wants a call. */
export const asker = (userId = 'ann') => ({
  principal: { userId, name: userId },
  sessionId: 's_1',
  readers: { audience: 'everyone' as const },
})
