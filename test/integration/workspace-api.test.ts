import { connect, type Session } from '@colloquy/client'
import { openWorkspace, type Workspace } from '@colloquy/client/team'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import type { Server } from '../../server/start.ts'
import { BUILT_IN_TOOLS } from '../../server/tools/built-in.ts'
import { launch } from '../kit/launch.ts'
import { principal } from '../kit/people.ts'
import { temporaryFolder } from '../kit/server.ts'

async function start(): Promise<Server> {
  const server = await launch(await temporaryFolder(), {})
  onTestFinished(() => server.stop())
  return server
}

function as(server: Server, userId: string, admin = false): Workspace {
  const auth = () => server.identity.issueToken({ ...principal(userId), admin }, 3_600_000)
  return openWorkspace({ url: server.url, auth })
}

/** What a browser adds to the requests of a page of the server's own: its cookies, and where the page is from. */
function browser(server: Server) {
  let cookie: string | null = null
  const send: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('origin', server.url)
    if (cookie) headers.set('cookie', cookie)
    const response = await fetch(input, { ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      cookie = pair.endsWith('=') ? null : pair
    }
    return response
  }
  // A ticket holds for the page that fetched it.
  const PageSocket = class extends NodeWebSocket {
    constructor(url: string) {
      super(url, { origin: server.url })
    }
  } as unknown as typeof WebSocket
  return {
    open: () => openWorkspace({ url: server.url, fetch: send }),
    join(session: string): Session {
      const joined = connect({ url: server.url, session, fetch: send, WebSocket: PageSocket })
      onTestFinished(() => joined.close())
      return joined
    },
    get signedIn() {
      return cookie !== null
    },
  }
}

it('[C26] tells who one is, what there is, and makes a session', async () => {
  const server = await start()
  const ana = as(server, 'ana')
  expect(await ana.me()).toMatchObject({ userId: 'ana', name: 'ana', admin: false })
  expect((await ana.me()).expiresAt).toBeGreaterThan(Date.now())
  expect(await ana.sessions()).toEqual([])
  const { id } = await ana.createSession('Plans')
  const untitled = await ana.createSession()
  const sessions = await ana.sessions()
  expect(sessions.map((session) => session.id).sort()).toEqual([id, untitled.id].sort())
  expect(sessions.find((session) => session.id === id)).toMatchObject({ title: 'Plans' })
  expect(await as(server, 'bo').sessions()).toEqual([])
})

it('[C26] an admin changes the workspace, others are refused', async () => {
  const server = await start()
  const root = as(server, 'root', true)
  const ana = as(server, 'ana')
  await root.setWorkspace({ name: 'Boatyard', systemText: 'We build boats.' })
  expect(await root.info()).toMatchObject({ name: 'Boatyard', systemText: 'We build boats.' })
  expect(await ana.info()).toEqual({
    ...{ name: 'Boatyard', models: ['offline'] },
    tools: [...BUILT_IN_TOOLS].sort().map((name) => expect.objectContaining({ name })),
  })
  await expect(ana.setWorkspace({ name: 'Mine' })).rejects.toMatchObject({ code: 'FORBIDDEN', status: 403 })
  expect((await ana.info()).name).toBe('Boatyard')
})

it('[C26] who has nothing but an invite looks, comes in, stays signed in and signs out', async () => {
  const server = await start()
  const { id } = await as(server, 'ana').createSession('Plans')
  const token = await server.identity.issueToken(principal('ana'), 3_600_000)
  const ana = connect({ url: server.url, session: id, auth: () => token })
  onTestFinished(() => ana.close())
  const { code } = await ana.invite({ role: 'prompter', expiresIn: 60_000, uses: 1 })

  const tab = browser(server)
  const guest = tab.open()
  await expect(guest.me()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 })
  expect(await guest.invitePreview(id, code)).toMatchObject({
    ...{ sessionId: id, title: 'Plans', role: 'prompter', invitedBy: 'ana', members: ['ana'] },
  })
  const accepted = await guest.acceptInvite(id, code, 'Bo')
  expect(accepted).toMatchObject({ sessionId: id, role: 'prompter' })
  expect(tab.signedIn).toBe(false)
  await guest.keepSignedIn(accepted.token ?? '')
  expect(await guest.me()).toMatchObject({ userId: accepted.userId, name: 'Bo' })

  const session = tab.join(id)
  await session.ready
  expect(session.snapshot().me).toEqual({ id: accepted.userId, name: 'Bo', role: 'prompter' })
  const { finished } = await session.prompt('Hello')
  const { message } = await finished
  expect(message?.metadata.author).toEqual({ id: accepted.userId, name: 'Bo' })

  await guest.signOut()
  expect(tab.signedIn).toBe(false)
  await expect(guest.sessions()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await expect(tab.join(id).ready).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await expect(guest.invitePreview(id, code)).rejects.toMatchObject({ code: 'INVITE_SPENT' })
})

it('[C25] a tab acts for nobody else when another tab signs in as somebody else', async () => {
  const server = await start()
  const { id } = await as(server, 'ana').createSession('Plans')
  const tab = browser(server)
  const first = tab.open()
  await first.keepSignedIn(await server.identity.issueToken(principal('ana'), 3_600_000))
  const session = tab.join(id)
  await session.ready
  expect(await first.me()).toMatchObject({ userId: 'ana' })

  const second = tab.open()
  await second.keepSignedIn(await server.identity.issueToken(principal('bo'), 3_600_000))
  expect(await second.me()).toMatchObject({ userId: 'bo' })
  await expect(first.createSession('Whose?')).rejects.toMatchObject({ code: 'IDENTITY_CHANGED' })
  await expect(session.invite({ role: 'viewer', expiresIn: 60_000, uses: 1 })).rejects.toMatchObject({
    code: 'IDENTITY_CHANGED',
  })
  expect(await second.sessions()).toEqual([])
  // It was meant for this: who signs in here again goes on here.
  await first.keepSignedIn(await server.identity.issueToken(principal('ana'), 3_600_000))
  expect(await first.sessions()).toHaveLength(1)
})

it('[C50] finds messages page by page, and ends a search that nobody waits for', async () => {
  const server = await start()
  const [ana, bo] = [as(server, 'ana'), as(server, 'bo')]
  const { id } = await ana.createSession('Plans')
  const session = connect({
    url: server.url,
    session: id,
    auth: () => server.identity.issueToken(principal('ana'), 60_000),
  })
  onTestFinished(() => session.close())
  await session.ready
  for (let n = 0; n < 18; n++) await (await session.prompt(`the plán ${n}`, { audience: [] })).finished
  // Each stands in its question, and in the answer of the offline model.
  const first = await ana.search('PLAN')
  expect(first.hits).toHaveLength(30)
  expect(first.hits[1]).toMatchObject({
    ...{ sessionId: id, title: 'Plans', role: 'user', author: { id: 'ana' }, excerpt: 'the plán 17' },
    ...{ audience: ['ana'], readers: [{ id: 'ana', name: 'ana' }], marks: [[4, 8]] },
  })
  const second = await ana.search('PLAN', { next: first.next ?? '', session: id })
  expect([second.hits.length, second.next, second.notRead]).toEqual([6, null, 0])
  expect((await bo.search('plan')).hits).toEqual([])
  await expect(ana.search(' ')).rejects.toMatchObject({ code: 'MALFORMED' })
  await expect(bo.search('plan', { session: id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const control = new AbortController()
  const search = ana.search('plan', { signal: control.signal })
  control.abort(new Error('typed on'))
  await expect(search).rejects.toThrow('typed on')
})
