import type {
  AcceptedAnswer,
  GrantsAnswer,
  InvitePreviewAnswer,
  PeopleAnswer,
  ResourceAnswer,
  ResourceTextAnswer,
  SearchAnswer,
  SessionAnswer,
  SessionListAnswer,
  WorkspaceAnswer,
} from '@colloquy/shared/answers'
import { API } from '@colloquy/shared/protocol'
import { baseUrl } from './base-url.ts'
import { systemClock } from './clock.ts'
import { LastDocs } from './docs.ts'
import { Http } from './http.ts'
import { checkAuth } from './identity.ts'
import { manageSession } from './manage.ts'
import { defaultStorage } from './storage.ts'
import type { Workspace, WorkspaceOptions } from './types/team.ts'

export type { AuditItem } from './types/audit.ts'
export type { AuditPage, SessionInvite, SessionManagement } from './types/manage.ts'
export type * from './types/team.ts'

/**
 * What there is beside the sessions of a server.
 * @throws TypeError when `url` is no http(s) URL, or `auth` no function
 */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  checkAuth(options.auth)
  const base = baseUrl(options.url)
  const docs = new LastDocs(options.storage ?? defaultStorage(), base)
  const http = new Http({
    base,
    auth: options.auth,
    fetch: options.fetch ?? globalThis.fetch,
    clock: systemClock,
    random: Math.random,
  })
  const resourcePath = (id: string) => `/resources/${encodeURIComponent(id)}`
  const invitePath = (sessionId: string, code: string) =>
    `/sessions/${encodeURIComponent(sessionId)}/invites/${encodeURIComponent(code)}`
  return {
    me: () => http.me(),
    info: () => http.request<WorkspaceAnswer>('GET', '/workspace'),
    async sessions() {
      return (await http.request<SessionListAnswer>('GET', '/sessions')).sessions
    },
    async createSession(title) {
      const { id } = await http.command<SessionAnswer>(
        'POST',
        '/sessions',
        title === undefined ? {} : { title },
      )
      return { id }
    },
    search: (q, { session, next, signal } = {}) => {
      const given = { q, ...(session === undefined ? {} : { session }), ...(next ? { before: next } : {}) }
      return http.request<SearchAnswer>('GET', `/search?${new URLSearchParams(given)}`, undefined, { signal })
    },
    invitePreview: (sessionId, code) =>
      http.request<InvitePreviewAnswer>('GET', invitePath(sessionId, code), undefined, { guest: true }),
    acceptInvite: (sessionId, code, name) =>
      http.command<AcceptedAnswer>(
        'POST',
        `${invitePath(sessionId, code)}/accept`,
        name === undefined ? {} : { name },
        { guest: true },
      ),
    async setWorkspace(change) {
      await http.command('PUT', '/workspace', change)
    },
    async people() {
      return (await http.request<PeopleAnswer>('GET', '/people')).people
    },
    async grants() {
      return (await http.request<GrantsAnswer>('GET', '/tools/grants')).grants
    },
    async setGrant(tool, { use, approve }) {
      await http.command('PUT', `/tools/${encodeURIComponent(tool)}/grant`, { use, approve })
    },
    manage: (sessionId) => manageSession(http, sessionId),
    async resources() {
      return (await http.request<{ resources: ResourceAnswer[] }>('GET', '/resources')).resources
    },
    resource: (id) => http.request<ResourceTextAnswer>('GET', resourcePath(id)),
    putResource: (id, resource) => http.command<ResourceAnswer>('PUT', resourcePath(id), resource),
    async uploadResource(id, file, { sessionId, audience, title, format, onProgress, signal }) {
      const readers = typeof audience === 'string' ? audience : JSON.stringify(audience)
      // Few pages ever send a file.
      const { upload } = await import('./upload.ts')
      return upload<ResourceAnswer>(http, {
        url: `${base}${API}${resourcePath(id)}`,
        fields: {
          ...{ sessionId, audience: readers },
          ...(title === undefined ? {} : { title }),
          ...(format === undefined ? {} : { format }),
        },
        ...{ file, name: file.name, onProgress, signal },
      })
    },
    setReaders: (id, audience) => http.command<ResourceAnswer>('PATCH', resourcePath(id), { audience }),
    async removeResource(id) {
      await http.command('DELETE', resourcePath(id))
    },
    keepSignedIn: (token) => http.setCookie(token),
    async signOut() {
      // Without the server nobody knows whose cookie it is; a token tells by itself.
      const who = await http.identity.who().catch(() => null)
      // First: what fails here must leave everything as it was.
      if (!options.auth) await http.setCookie(null)
      // A token of this server's own pages may have become a cookie as well, whose answer was lost.
      else if (typeof location === 'object' && location.origin === base) {
        await http.setCookie(null).catch(() => undefined)
      }
      if (who) await docs.eraseAll(who.id)
    },
  }
}
