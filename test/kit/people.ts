import type { Principal } from '../../server/access/principal.ts'

/** A person whose name is their id, with a proof that does not lapse. */
export function principal(userId: string): Principal {
  return { userId, name: userId, groups: [], admin: false, expiresAt: Number.MAX_SAFE_INTEGER }
}
