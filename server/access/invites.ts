import { createHash, createHmac } from 'node:crypto'
import { GUEST_PREFIX } from './claims.ts'

/**
 * Invite codes. A code is a capability of 128 bits that only the person who made the invite and those they
 * hand it to ever hold: the journal knows its hash.
 */
export interface Invites {
  /** The code of an invite. The same command has the same code, so that a repeated request answers the same. */
  code(sessionId: string, userId: string, commandId: string): string
  /** The id that goes inwards and into the journal. */
  id(code: string): string
  /** The userId of the person that this command makes: the same command is the same person. */
  guest(inviteId: string, commandId: string): string
}

export function createInvites(ownSecret: Uint8Array): Invites {
  // The NUL bytes keep these apart from what the same secret signs as a JWT, which never holds one.
  const derive = (bytes: number, ...parts: string[]): string =>
    createHmac('sha256', ownSecret).update(parts.join('\0')).digest().subarray(0, bytes).toString('base64url')
  return {
    code: (sessionId, userId, commandId) => derive(16, 'invite', sessionId, userId, commandId),
    id: (code) => createHash('sha256').update(code).digest('base64url'),
    guest: (inviteId, commandId) => `${GUEST_PREFIX}${derive(15, 'guest', inviteId, commandId)}`,
  }
}

/** What the invited person opens. The code stands in the fragment, which browsers send to no server. */
export function inviteUrl(publicUrl: string, sessionId: string, code: string): string {
  const fragment = new URLSearchParams({ session: sessionId, invite: code })
  return `${publicUrl.replace(/\/+$/, '')}/#${fragment}`
}
