import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Server } from '../../server/start.ts'
import { ManualClock } from '../kit/clock.ts'
import { launch } from '../kit/launch.ts'
import { principal } from '../kit/people.ts'
import { temporaryFolder } from '../kit/server.ts'

// A team's first steps over real HTTP: an admin says who they are, a link is looked at, a browser stays signed in.

interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asserts on
  body: any
}
type Ask = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Answer>

async function start(data?: string): Promise<Server> {
  const server = await launch(data ?? (await temporaryFolder()), {})
  onTestFinished(() => server.stop())
  return server
}

function asker(server: Server, credential: Record<string, string>): Ask {
  return async (method, path, body, headers = {}) => {
    const sent = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
    const all = { ...credential, ...sent.headers, ...headers }
    const response = await fetch(`${server.url}/api/v1${path}`, { method, ...sent, headers: all })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
}

async function as(server: Server, userId: string, admin = false): Promise<Ask> {
  const token = await server.identity.issueToken({ ...principal(userId), admin }, 3_600_000)
  return asker(server, { authorization: `Bearer ${token}` })
}
const command = () => ({ commandId: randomUUID() })
const refusal = ({ status, body }: Answer) => `${status} ${body.error?.code}`

describe('coming in', () => {
  it('[H45] [H46] an invite shows what it leads to until it is spent or lapses, and is 404 to guesses', async () => {
    const server = await start()
    const ana = await as(server, 'ana')
    const nobody = asker(server, {})
    const { id } = (await ana('POST', '/sessions', { ...command(), title: 'Plans' })).body
    const made = async (expiresIn: number, uses: number) =>
      (await ana('POST', `/sessions/${id}/invites`, { ...command(), role: 'viewer', expiresIn, uses })).body
    const { code, expiresAt } = await made(60_000, 1)
    const preview = `/sessions/${id}/invites/${code}`
    expect((await nobody('GET', preview)).body).toEqual({
      ...{ sessionId: id, title: 'Plans', role: 'viewer', invitedBy: 'ana', members: ['ana'], expiresAt },
    })
    expect((await nobody('POST', `${preview}/accept`, { ...command(), name: 'Bo' })).status).toBe(200)
    expect(refusal(await nobody('GET', preview))).toBe('409 INVITE_SPENT')
    const unknown = await nobody('GET', `/sessions/${id}/invites/AAAAAAAAAAAAAAAAAAAAAA`)
    expect(refusal(unknown)).toBe('404 NOT_FOUND')
    const elsewhere = await nobody('GET', `/sessions/s_AAAAAAAAAAAAAAAAAAAAAA/invites/${code}`)
    expect([elsewhere.status, elsewhere.body]).toEqual([404, unknown.body])
  })

  it('[H46] an invite that lapsed says so', async () => {
    const clock = new ManualClock()
    const server = await launch(await temporaryFolder(), { clock })
    onTestFinished(() => server.stop())
    const ana = await as(server, 'ana')
    const { id } = (await ana('POST', '/sessions', command())).body
    const invite = { ...command(), role: 'viewer', expiresIn: 1000, uses: 1 }
    const { code } = (await ana('POST', `/sessions/${id}/invites`, invite)).body
    clock.advance(1000)
    const late = await asker(server, {})('GET', `/sessions/${id}/invites/${code}`)
    expect(refusal(late)).toBe('409 INVITE_EXPIRED')
  })

  it('[I21] what an admin tells about the team reaches the model, and outlives a restart', async () => {
    const data = await temporaryFolder()
    const first = await launch(data, {})
    const admin = await as(first, 'root', true)
    const ana = await as(first, 'ana')
    const change = { ...command(), name: 'Boatyard', systemText: 'We build boats.' }
    expect(refusal(await ana('PUT', '/workspace', change))).toBe('403 FORBIDDEN')
    expect((await admin('PUT', '/workspace', change)).status).toBe(200)
    await first.stop()

    const second = await start(data)
    const again = await as(second, 'root', true)
    expect((await again('PUT', '/workspace', change)).body).toEqual({
      ...{ name: 'Boatyard', models: ['offline'], systemText: 'We build boats.' },
      ...{ tools: expect.any(Array), allTools: expect.any(Array), pinned: null },
    })
    expect(refusal(await again('PUT', '/workspace', { ...change, name: 'x' }))).toBe('409 COMMAND_REUSED')
    const { id } = (await again('POST', '/sessions', command())).body
    const prompt = { ...command(), text: '/echo' }
    const { promptId } = (await again('POST', `/sessions/${id}/prompts`, prompt)).body
    const state = () => again('GET', `/sessions/${id}/prompts/${promptId}`)
    await expect.poll(async () => (await state()).body.end).toBe('done')
    const { messages } = (await again('GET', `/sessions/${id}/lanes/main/messages`)).body
    expect(JSON.stringify(messages)).toContain('We build boats.')
  })

  it('[H48] [H52] [H53] a browser that has the cookie acts from the server’s own pages, until it signs out', async () => {
    const server = await start()
    const signedIn = await (await as(server, 'ana'))('POST', '/cookie')
    expect(signedIn.status).toBe(200)
    const [cookie = ''] = signedIn.headers.get('set-cookie')?.split(';') ?? []
    const browser = asker(server, { cookie })
    const own = { origin: server.url }
    expect((await browser('GET', '/me')).body).toMatchObject({ userId: 'ana' })
    expect(refusal(await browser('POST', '/sessions', command()))).toBe('403 ORIGIN_REFUSED')
    const { id } = (await browser('POST', '/sessions', command(), own)).body
    expect((await browser('POST', '/tickets', { sessionId: id }, own)).status).toBe(200)
    const gone = await browser('DELETE', '/cookie', undefined, own)
    expect(gone.headers.get('set-cookie')).toMatch(/^colloquy=; Max-Age=0/)
  })
})
