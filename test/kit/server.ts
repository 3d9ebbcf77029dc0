import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectOptions, connect, type Session } from '@colloquy/client'
import type { Role } from '@colloquy/shared'
import { onTestFinished } from 'vitest'
import type { Server } from '../../server/start.ts'
import { type LaunchOptions, launch } from './launch.ts'
import { principal } from './people.ts'

interface TestServerOptions extends LaunchOptions {
  data?: string
}

/** A real server on a free port and a real data folder; both go when the test ends. */
export class TestServer {
  readonly data: string
  #server: Server
  readonly #options: TestServerOptions
  readonly #clients = new Set<Session>()

  private constructor(server: Server, data: string, options: TestServerOptions) {
    this.#server = server
    this.data = data
    this.#options = options
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const data = options.data ?? (await temporaryFolder())
    const started = new TestServer(await launch(data, options), data, options)
    onTestFinished(() => started.stop())
    return started
  }

  get url(): string {
    return this.#server.url
  }

  get sessions(): Server['sessions'] {
    return this.#server.sessions
  }

  /** Stops in good order and starts again on the same port and data. */
  async restart(): Promise<void> {
    const port = Number(new URL(this.url).port)
    await this.#server.stop()
    this.#server = await launch(this.data, { ...this.#options, port })
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    this.#clients.clear()
    await this.#server.stop()
  }

  token(userId: string): Promise<string> {
    return this.#server.identity.issueToken(principal(userId), 3_600_000)
  }

  /** A token that says this of a person. */
  issue(who: Parameters<Server['identity']['issueToken']>[0]): Promise<string> {
    return this.#server.identity.issueToken(who, 3_600_000)
  }

  /** A session of `ana`'s with these members beside her. */
  async session(members: Record<string, Role> = {}): Promise<string> {
    const { id } = await this.json('ana', 'POST', '/sessions', { title: 'Test' })
    for (const [userId, role] of Object.entries(members)) {
      await this.json('ana', 'PUT', `/sessions/${id}/members/${userId}`, { role })
    }
    return id
  }

  /** An HTTP request as a person; mutations get a `commandId` unless the body has one. */
  async fetch(userId: string | null, method: string, path: string, body?: object): Promise<Response> {
    const headers: Record<string, string> = {}
    if (userId !== null) headers.authorization = `Bearer ${await this.token(userId)}`
    if (body) headers['content-type'] = 'application/json'
    const commandId = randomUUID()
    const sent = body && path !== '/tickets' ? { commandId, ...body } : body
    const query = method === 'DELETE' ? `?commandId=${commandId}` : ''
    const url = `${this.url}/api/v1${path}${query}`
    return fetch(url, { method, headers, ...(sent ? { body: JSON.stringify(sent) } : {}) })
  }

  /** The JSON of an answer that must be a success. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asserts on
  async json(userId: string | null, method: string, path: string, body?: object): Promise<any> {
    const response = await this.fetch(userId, method, path, body)
    const answer = await response.json()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }

  /** `status code` of an answer that must be a refusal, such as `404 NOT_FOUND`. */
  async refusal(userId: string | null, method: string, path: string, body?: object): Promise<string> {
    const response = await this.fetch(userId, method, path, body)
    const answer = (await response.json()) as { error?: { code?: string } }
    return `${response.status} ${answer.error?.code}`
  }

  async ticket(userId: string, sessionId: string): Promise<string> {
    const { ticket } = await this.json(userId, 'POST', '/tickets', { sessionId })
    return ticket
  }

  connect(userId: string, session: string, options: Partial<ConnectOptions> = {}): Session {
    const client = connect({ url: this.url, session, auth: () => this.token(userId), ...options })
    this.#clients.add(client)
    return client
  }
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
