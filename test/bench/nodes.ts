import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SYNC_PATH } from '@colloquy/shared'
import type { SessionAnswer } from '@colloquy/shared/answers'
import { SignJWT } from 'jose'
import { systemClock } from '../../server/clock.ts'
import type { Journal } from '../../server/journal/journal.ts'
import { openNodes } from '../../server/nodes/open-nodes.ts'
import { RedisServer } from '../kit/redis.ts'
import { following } from './following.ts'
import { Readers } from './stage.ts'
import { type Figure, quantile } from './table.ts'

const READERS = 50
const SECONDS = 8
const SECRET = 'a secret of this benchmark, of 32 characters'
/** Appends that are under way at once, each in a stream of its own. */
const AT_ONCE = 50
const APPENDS_MS = 5_000

/** Two servers on one Redis with fifty readers each, beside one of them alone; and what Redis takes by itself. */
export async function nodes(): Promise<Figure[]> {
  const redis = await RedisServer.run()
  try {
    const alone = await measure(redis.url, 1)
    const both = await measure(redis.url, 2)
    const [owner, other] = both
    if (!alone[0] || !owner || !other) throw new Error('nothing was measured')
    const p99 = quantile([...owner.ages, ...other.ages], 0.99)
    const one = quantile(alone[0].ages, 0.99)
    const perUpdate = ({ cpu, ages }: Measured) => cpu / ages.length
    return [
      { what: `chunk to update, one server, ${READERS} readers, p99`, value: one, unit: 'ms', kind: 'time' },
      { what: `the same, two servers, ${READERS} readers each, p99`, value: p99, unit: 'ms', kind: 'time' },
      { what: 'two servers beside one, p99', value: p99 / one, unit: '×', bound: 2, kind: 'time' },
      {
        what: 'CPU per delivered chunk, not the owner beside the owner',
        ...{ value: perUpdate(other) / perUpdate(owner), unit: '×', bound: 1.2, kind: 'time' },
      },
      {
        what: 'CPU per delivered chunk, not the owner',
        ...{ value: perUpdate(other), unit: 'µs', kind: 'time' },
      },
      { what: 'CPU per delivered chunk, the owner', value: perUpdate(owner), unit: 'µs', kind: 'time' },
      {
        what: `appends, appendfsync always, ${AT_ONCE} under way (at least 3,000)`,
        ...{ value: await appendsPerSecond(redis.url), unit: '/s', kind: 'time' },
      },
      ...(await following(redis.url)),
    ]
  } finally {
    await redis.remove()
  }
}

interface Measured {
  ages: number[]
  /** µs of the server's process while the answer streamed. */
  cpu: number
}

/** @returns what was seen at each server: first the one that owns the session */
async function measure(redisUrl: string, count: number): Promise<Measured[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => BenchServer.start(redisUrl)))
  const [owner] = servers
  if (!owner) return []
  const session = (await owner.post('/sessions', {
    commandId: randomUUID(),
    title: 'Bench',
  })) as SessionAnswer
  const readers = servers.map(() => new Readers())
  for (const [n, server] of servers.entries()) await readers[n]?.join(await server.docUrls(session, READERS))
  await Promise.all(readers.map((each) => each.report()))
  const before = await Promise.all(servers.map((server) => server.cpu()))
  await owner.post(`/sessions/${session.id}/prompts`, { commandId: randomUUID(), text: 'go' })
  await wait(SECONDS * 1000 + 1500)
  const after = await Promise.all(servers.map((server) => server.cpu()))
  const reports = await Promise.all(readers.map((each) => each.report()))
  for (const each of readers) each.close()
  for (const server of servers) server.close()
  return reports.map(({ ages }, n) => ({ ages, cpu: (after[n] ?? 0) - (before[n] ?? 0) }))
}

class BenchServer {
  readonly #child: ChildProcess
  readonly #url: string

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.#url = url
  }

  static async start(redisUrl: string): Promise<BenchServer> {
    const env = { PATH: process.env.PATH, COLLOQUY_REDIS_URL: redisUrl, COLLOQUY_JWT_SECRET: SECRET }
    const child = fork(fileURLToPath(new URL('./node-process.ts', import.meta.url)), {
      env: { ...env, SECONDS: String(SECONDS) },
    })
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    return new BenchServer(child, url)
  }

  async cpu(): Promise<number> {
    const answer = once(this.#child, 'message')
    this.#child.send('cpu')
    return ((await answer) as [{ cpu: number }])[0].cpu
  }

  async post(path: string, body: object): Promise<unknown> {
    const claims = new SignJWT({ name: 'Ana' }).setProtectedHeader({ alg: 'HS256' }).setSubject('ana')
    const made = claims.setIssuer('colloquy').setAudience('colloquy').setExpirationTime('1h')
    const token = await made.sign(new TextEncoder().encode(SECRET))
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  async docUrls({ id: sessionId, lanes }: SessionAnswer, count: number): Promise<string[]> {
    const urls: string[] = []
    for (let n = 0; n < count; n++) {
      const { ticket } = (await this.post('/tickets', { sessionId })) as { ticket: string }
      urls.push(`${this.#url.replace('http', 'ws')}${SYNC_PATH}/${lanes[0]?.doc}?ticket=${ticket}`)
    }
    return urls
  }

  close(): void {
    this.#child.disconnect()
  }
}

async function appendsPerSecond(url: string): Promise<number> {
  const log = { info() {}, warn() {}, error() {} }
  const opened = await openNodes({
    url,
    fsync: 'always',
    replicas: 0,
    leaseMs: 6_000,
    clock: systemClock,
    log,
  })
  const end = performance.now() + APPENDS_MS
  const counts = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) => appendUntil(end, opened.journal, `bench-${n}`)),
  )
  await opened.close()
  return counts.reduce((sum, count) => sum + count, 0) / (APPENDS_MS / 1000)
}

async function appendUntil(end: number, journal: Journal, stream: string): Promise<number> {
  const { epoch } = await journal.claim(stream)
  const update = new Uint8Array(120).fill(7)
  let seq = 0
  while (performance.now() < end) {
    await journal.append(stream, { expectedSeq: seq, epoch, events: [], updates: [{ doc: 'd', update }] })
    seq++
  }
  return seq
}
