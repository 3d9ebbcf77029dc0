import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { SYNC_PATH } from '@colloquy/shared'
import type { SessionAnswer } from '@colloquy/shared/answers'
import * as decoding from 'lib0/decoding'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { readContent } from '../../server/session/lane-doc.ts'
import { ServerProcess } from '../kit/process.ts'
import { RedisServer } from '../kit/redis.ts'
import { temporaryFolder } from '../kit/server.ts'

/** Short, so that a test need not wait for long until a server counts as gone. */
export const LEASE_MS = 1_000

/** Servers that share a Redis, each reached by itself. All go when the test ends. */
export async function several(count: number, env: Record<string, string> = {}) {
  const redis = await RedisServer.start()
  const settings = { COLLOQUY_REDIS_URL: redis.url, COLLOQUY_LEASE_MS: String(LEASE_MS), ...env }
  const nodes: ServerProcess[] = []
  for (let n = 0; n < count; n++) nodes.push(await ServerProcess.prepare(await temporaryFolder(), settings))
  for (const node of nodes) await node.start()
  return { redis, nodes: nodes as [ServerProcess, ServerProcess, ...ServerProcess[]] }
}

/** A session that this server owns, because it was the first that was asked. */
export async function sessionAt(server: ServerProcess, who = 'ana'): Promise<SessionAnswer> {
  return server.json(who, 'POST', '/sessions', { commandId: randomUUID(), title: 'Here' })
}

export async function ask(
  server: ServerProcess,
  who: string,
  sessionId: string,
  text: string,
): Promise<string> {
  const path = `/sessions/${sessionId}/prompts`
  const { promptId } = await server.json(who, 'POST', path, { commandId: randomUUID(), text })
  return promptId
}

/** Asks for all there is: an empty state vector. */
const STEP1 = Buffer.from([0, 0, 1, 0])

/** One connection to one server, as a foreign client would have it. */
export class WireReader {
  readonly doc = new Y.Doc()
  /** Sync messages that came, and when. */
  readonly came: number[] = []
  closed: number | null = null
  readonly ended: Promise<number>

  private constructor(socket: WebSocket) {
    socket.on('message', (frame: Buffer) => this.#receive(frame))
    this.ended = once(socket, 'close').then(([code]) => {
      this.closed = code as number
      return code as number
    })
    onTestFinished(() => socket.terminate())
  }

  /** Reads the main lane of a session at this server. */
  static async open(server: ServerProcess, who: string, sessionId: string): Promise<WireReader> {
    const { lanes } = (await server.json(who, 'GET', `/sessions/${sessionId}`)) as SessionAnswer
    const { ticket } = await server.json(who, 'POST', '/tickets', { sessionId })
    const doc = lanes[0]?.doc ?? ''
    const url = `${server.url.replace('http', 'ws')}${SYNC_PATH}/${doc}?ticket=${ticket}`
    const socket = new WebSocket(url, { perMessageDeflate: false })
    const reader = new WireReader(socket)
    await once(socket, 'open')
    socket.send(STEP1)
    return reader
  }

  /** What the last answer says. */
  get answer(): string {
    const last = readContent(this.doc).messages.findLast(({ role }) => role === 'assistant')
    return last?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') ?? ''
  }

  #receive(frame: Buffer): void {
    const decoder = decoding.createDecoder(frame)
    if (decoding.readVarUint(decoder) !== 0 || decoding.readVarUint(decoder) === 0) return
    this.came.push(Date.now())
    Y.applyUpdate(this.doc, decoding.readVarUint8Array(decoder))
  }
}
