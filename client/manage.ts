import type { InvitesAnswer } from '@colloquy/shared/answers'
import type { AuditAnswer } from '@colloquy/shared/audit-answer'
import type { Http } from './http.ts'
import type { SessionManagement } from './types/manage.ts'

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
