import type { PersonRef } from '@colloquy/shared/layout'
import type { Role } from '@colloquy/shared/roles'
import type { AuditItem } from './audit.ts'

/** An invite that still lets somebody in. Its code was told once, to its maker. */
export interface SessionInvite {
  inviteId: string
  /** What those become who come in by it. */
  role: Role
  by: PersonRef
  at: number
  usesLeft: number
  expiresAt: number
}

export interface AuditPage {
  /** What was done where one reads, newest first: who, what and when, and no words that anybody wrote. */
  items: AuditItem[]
  /** Ask with it for the page before this one; null: there is none. */
  before: number | null
  /** How many prompts there were in all lanes that one does not read, by day (UTC, `2026-11-26`), newest first. */
  elsewhere: { day: string; prompts: number }[]
}

/**
 * What people do about a session beside taking part in it. Every method throws ColloquyError: `FORBIDDEN` for who has
 * not the role, `NOT_FOUND` for who is no member.
 */
export interface SessionManagement {
  /** For moderators and owners; 1 to 200 characters. */
  rename(title: string): Promise<void>
  /** For owners; adds whoever is not in yet. @throws ColloquyError `LAST_OWNER` */
  setMember(userId: string, role: Role): Promise<void>
  /** For owners. @throws ColloquyError `LAST_OWNER` */
  removeMember(userId: string): Promise<void>
  /** Removes oneself. @throws ColloquyError `LAST_OWNER` */
  leave(): Promise<void>
  /** For moderators and owners: those that still let somebody in, newest first. */
  invites(): Promise<SessionInvite[]>
  /** For moderators and owners: it lets nobody in any more. */
  revokeInvite(inviteId: string): Promise<void>
  /** For owners: names of the workspace's tools that turns of this session do without. */
  setPolicy(policy: { withoutTools: string[] }): Promise<void>
  /** For owners: a page of what was done, the newest without `before`. */
  audit(before?: number): Promise<AuditPage>
  /** All of the session that one may read, as the text of a file. */
  exportAs(format: 'md' | 'json'): Promise<string>
}
