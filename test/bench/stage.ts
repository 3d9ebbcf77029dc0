import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SYNC_PATH } from '@colloquy/shared'
import type { Server } from '../../server/start.ts'
import { type LaunchOptions, launch } from '../kit/launch.ts'
import { principal } from '../kit/people.ts'
import type { ReaderReport } from './readers.ts'

export const ANA = principal('ana')

/** A server with one session of Ana's, for one benchmark. */
export interface Stage {
  server: Server
  sessionId: string
  /** Submits over HTTP; resolves when durable. */
  submit(text: string): Promise<void>
  /** URLs that open the main lane's doc once each. */
  docUrls(count: number): Promise<string[]>
  close(): Promise<void>
}

export async function stage(options: LaunchOptions): Promise<Stage> {
  const data = await mkdtemp(join(tmpdir(), 'colloquy-bench-'))
  const server = await launch(data, options)
  const { id: sessionId, lanes } = await server.sessions.create(ANA, randomUUID(), 'Bench')
  const token = await server.identity.issueToken(ANA, 3_600_000)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const post = async (path: string, body: object): Promise<{ ticket: string }> => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { ticket: string }
  }
  return {
    server,
    sessionId,
    submit: async (text) =>
      void (await post(`/sessions/${sessionId}/prompts`, { commandId: randomUUID(), text })),
    docUrls: (count) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const { ticket } = await post('/tickets', { sessionId })
          return `${server.url.replace('http', 'ws')}${SYNC_PATH}/${lanes[0]?.doc}?ticket=${ticket}`
        }),
      ),
    async close() {
      await server.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Readers in a process of their own, so that their work is not counted as the server's. */
export class Readers {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('./readers.ts', import.meta.url)))

  async join(urls: readonly string[]): Promise<void> {
    await this.#ask({ join: urls })
  }

  async report(): Promise<ReaderReport> {
    return (await this.#ask('report')) as ReaderReport
  }

  close(): void {
    this.#child.disconnect()
  }

  async #ask(message: object | string): Promise<unknown> {
    const answer = once(this.#child, 'message')
    this.#child.send(message)
    return (await answer)[0]
  }
}

/** Resolves when the session has no prompt waiting or running. */
export async function quiet({ server, sessionId }: Stage): Promise<void> {
  const session = await server.sessions.open(sessionId)
  while (!session.idle) await new Promise((resolve) => setTimeout(resolve, 20))
}
