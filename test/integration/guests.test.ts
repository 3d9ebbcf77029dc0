import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { firstSession } from '../../server/first-session.ts'
import { createLogger } from '../../server/http/logging.ts'
import { readSettings } from '../../server/settings.ts'
import { type Server, startServer } from '../../server/start.ts'
import { TestServer, temporaryFolder } from '../kit/server.ts'

const SECRET = 'a secret of these tests, at least 32 characters'

interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asserts on
  body: any
  cookie: string
}

/** A request with a credential in its headers. */
async function ask(
  url: string,
  headers: object,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const sent = body ? { body: JSON.stringify(body) } : {}
  const type = body ? { 'content-type': 'application/json' } : {}
  const all = { ...headers, ...type, origin: url }
  const response = await fetch(`${url}/api/v1${path}`, { method, headers: all, ...sent })
  const [cookie = ''] = response.headers.get('set-cookie')?.split(';') ?? []
  return { status: response.status, body: await response.json(), cookie }
}

const command = () => ({ commandId: randomUUID() })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const refusal = ({ status, body }: Answer) => [status, body.error?.code, body.error?.message]

async function invited(server: TestServer) {
  const id = await server.session()
  const made = { role: 'prompter', expiresIn: 60_000, uses: 5 }
  const { code } = await server.json('ana', 'POST', `/sessions/${id}/invites`, made)
  const accept = { ...command(), name: 'Bo' }
  const path = `/sessions/${id}/invites/${code}/accept`
  const { body } = await ask(server.url, {}, 'POST', path, accept)
  return { id, path, accept, userId: body.userId as string, token: body.token as string }
}

it('[H64] a guest is in the session they were invited to, and makes none, by token or cookie', async () => {
  const server = await TestServer.start()
  const { id, token } = await invited(server)
  const { cookie } = await ask(server.url, bearer(token), 'POST', '/cookie')
  for (const credential of [bearer(token), { cookie }]) {
    expect((await ask(server.url, credential, 'GET', '/me')).body).toMatchObject({ name: 'Bo', guest: true })
    expect(refusal(await ask(server.url, credential, 'POST', '/sessions', command()))).toEqual([
      ...[403, 'FORBIDDEN', 'Guests are here for the session they were invited to.'],
    ])
    const prompt = { ...command(), text: 'Hello' }
    expect((await ask(server.url, credential, 'POST', `/sessions/${id}/prompts`, prompt)).status).toBe(202)
  }
  expect((await server.json('ana', 'GET', '/me')).guest).toBe(false)
})

it('[H65] accepting again gives a guest a credential only while they are a member', async () => {
  const server = await TestServer.start()
  const { id, path, accept, userId } = await invited(server)
  expect((await ask(server.url, {}, 'POST', path, accept)).body).toMatchObject({ userId, role: 'prompter' })
  await server.json('ana', 'DELETE', `/sessions/${id}/members/${userId}`)
  const again = await ask(server.url, {}, 'POST', path, accept)
  expect([again.status, again.body.error.code, again.body.token]).toEqual([404, 'NOT_FOUND', undefined])
})

it('[I29] the links of development open nothing once the server is in production', async () => {
  const data = await temporaryFolder()
  const start = async (env: Record<string, string>): Promise<Server> => {
    const argv = ['--port=0', `--data=${data}`, '--seed=none']
    const server = await startServer(readSettings({ argv, env }), { log: createLogger({ level: 'silent' }) })
    onTestFinished(() => server.stop())
    return server
  }
  const development = await start({})
  const [link] = await firstSession(development, false)
  const token = new URL(link?.url ?? '').hash.slice('#token='.length)
  expect((await ask(development.url, bearer(token), 'GET', '/me')).body).toMatchObject({ admin: true })
  const { cookie } = await ask(development.url, bearer(token), 'POST', '/cookie')
  expect((await ask(development.url, { cookie }, 'GET', '/me')).status).toBe(200)
  await development.stop()

  const more = { COLLOQUY_JWT_SECRET: SECRET, COLLOQUY_PUBLIC_URL: 'http://team.example' }
  const production = await start({ NODE_ENV: 'production', ...more })
  for (const credential of [bearer(token), { cookie }]) {
    expect((await ask(production.url, credential, 'GET', '/me')).status).toBe(401)
  }
})
