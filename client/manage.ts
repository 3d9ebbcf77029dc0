import type { InvitesAnswer } from '@colloquy/shared/answers'
import type { AuditAnswer, AuditItem } from '@colloquy/shared/audit-answer'
import type { Http } from './http.ts'
import type { PersonRef, Role } from './types/index.ts'

export type { AuditItem }

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

export function manageSession(http: Http, sessionId: string): SessionManagement {
  const session = `/sessions/${encodeURIComponent(sessionId)}`
  const member = (userId: string) => `${session}/members/${encodeURIComponent(userId)}`
  const remove = async (userId: string) => {
    await http.command('DELETE', member(userId))
  }
  return {
    async rename(title) {
      await http.command('PATCH', session, { title })
    },
    async setMember(userId, role) {
      await http.command('PUT', member(userId), { role })
    },
    removeMember: remove,
    leave: () => remove('me'),
    async invites() {
      return (await http.request<InvitesAnswer>('GET', `${session}/invites`)).invites
    },
    async revokeInvite(inviteId) {
      await http.command('DELETE', `${session}/invites/${encodeURIComponent(inviteId)}`)
    },
    async setPolicy({ withoutTools }) {
      await http.command('PUT', `${session}/policy`, { withoutTools })
    },
    audit: (before) =>
      http.request<AuditAnswer>('GET', `${session}/audit${before === undefined ? '' : `?before=${before}`}`),
    exportAs: (format) => http.text(`${session}/export?format=${format}`),
  }
}
