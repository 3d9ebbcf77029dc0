import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SessionAnswer } from '@colloquy/shared/answers'
import type { Clock } from '../../server/clock.ts'
import type { ModelPort } from '../../server/model/port.ts'
import { readContent } from '../../server/session/lane-doc.ts'
import type { Server } from '../../server/start.ts'
import { Client } from '../../server/sync/house.fixture.ts'
import { fastClock } from '../kit/fast-clock.ts'
import { launch } from '../kit/launch.ts'
import { principal } from '../kit/people.ts'
import { Claims } from './claims.ts'
import { decoded } from './decoded.ts'
import { pureModel } from './model.ts'
import { withoutChance } from './renamed.ts'
import { pureTools, type Vault } from './tools.ts'

/** How much faster than real time turns run. */
const RATE = 50

/** Whether a view holds a summary already or what it is made of would else be real time. */
class Summaries {
  readonly #running = new Set<Promise<void>>()

  /** The same model; its calls that ask for a summary are noted. */
  watch(model: ModelPort): ModelPort {
    const running = this.#running
    return {
      ...model,
      async *stream(call, signal) {
        if (call.messages.some(({ role }) => role === 'user')) return yield* model.stream(call, signal)
        const ended = Promise.withResolvers<void>()
        running.add(ended.promise)
        try {
          yield* model.stream(call, signal)
        } finally {
          running.delete(ended.promise)
          ended.resolve()
        }
      },
    }
  }

  /** Resolves once those that run have come into their lanes. @returns whether there were any */
  async done(): Promise<boolean> {
    // One begins when its turn has ended, and is in the state when its call has.
    await new Promise(setImmediate)
    const running = [...this.#running]
    await Promise.all(running)
    await new Promise(setImmediate)
    return running.length > 0
  }
}

/** A real server on SQLite and a port, with a pure model and pure tools. */
export class Wire {
  readonly claims: Claims
  readonly vaults: Map<string, Vault>
  readonly #server: Server
  readonly #folder: string
  readonly #summaries: Summaries
  readonly #tokens = new Map<string, string>()

  private constructor(
    server: Server,
    folder: string,
    claims: Claims,
    vaults: Map<string, Vault>,
    summaries: Summaries,
  ) {
    this.#summaries = summaries
    this.#server = server
    this.#folder = folder
    this.claims = claims
    this.vaults = vaults
  }

  static async start(): Promise<Wire> {
    const folder = await mkdtemp(join(tmpdir(), 'colloquy-wire-'))
    const [claims, vaults] = [new Claims(), new Map<string, Vault>()]
    const summaries = new Summaries()
    const clock: Clock = fastClock(RATE, Date.now())
    const server = await launch(folder, {
      clock,
      model: summaries.watch(pureModel(clock, () => undefined, withoutChance)),
      tools: pureTools(clock, vaults),
      wrapJournal: (journal) => claims.watch(journal),
    })
    return new Wire(server, folder, claims, vaults, summaries)
  }

  async stop(): Promise<void> {
    await this.#server.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** @returns status and body */
  async ask(
    userId: string,
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }> {
    const token = await this.#token(userId)
    const commandId = randomUUID()
    const sent = body && path !== '/tickets' ? { commandId, ...body } : body
    const query = method === 'DELETE' ? `?commandId=${commandId}` : ''
    const response = await fetch(`${this.#server.url}/api/v1${path}${query}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(sent ? { 'content-type': 'application/json' } : {}) },
      ...(sent ? { body: JSON.stringify(sent) } : {}),
    })
    return { status: response.status, body: await response.json() }
  }

  async session(userId: string, sessionId: string): Promise<SessionAnswer | null> {
    const { status, body } = await this.ask(userId, 'GET', `/sessions/${sessionId}`)
    return status === 200 ? (body as SessionAnswer) : null
  }

  async connect(userId: string, sessionId: string, doc: string): Promise<Client> {
    const { body } = await this.ask(userId, 'POST', '/tickets', { sessionId })
    const { ticket } = body as { ticket: string }
    const client = new Client(`${this.#server.url.replace('http', 'ws')}/sync/${doc}?ticket=${ticket}`)
    await client.opened
    client.step1()
    return client
  }

  /** Resolves once all that was sent to a connection has come. @returns the code it was closed with, if it was */
  async arrived(client: Client): Promise<number | null> {
    if (client.ws.readyState === client.ws.OPEN) await Promise.race([client.handled(), client.closed])
    return client.ws.readyState === client.ws.OPEN ? null : client.closed
  }

  /** What a connection holds once all that was sent to it has come, the code it was closed with, and what came. */
  async contentOf(client: Client): Promise<unknown> {
    const closed = await this.arrived(client)
    return { closed, content: readContent(client.doc), came: decoded(client.frames) }
  }

  /** Resolves when nothing waits or runs in the lanes of these readers, and nothing is being summed up. */
  async rest(sessionId: string, concerns: (laneId: string) => boolean): Promise<void> {
    for (;;) {
      const session = await this.#server.sessions.open(sessionId)
      const isIdle = () => {
        const lanes = Object.values(session.state.lanes).filter(({ laneId }) => concerns(laneId))
        return lanes.every(({ running, queue, parked }) => !running && queue.length + parked.length === 0)
      }
      if (!isIdle()) {
        await this.claims.next()
        continue
      }
      // Its refusal, like any answer, comes once all before it is durable and let out; then what follows has begun.
      await session.invite('none').catch(() => undefined)
      await new Promise((resolve) => setImmediate(resolve))
      if (isIdle() && !(await this.#summaries.done())) return
    }
  }

  async #token(userId: string): Promise<string> {
    const token =
      this.#tokens.get(userId) ?? (await this.#server.identity.issueToken(principal(userId), 36_000_000))
    this.#tokens.set(userId, token)
    return token
  }
}
