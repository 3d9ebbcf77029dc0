import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { systemClock } from '../../server/clock.ts'
import { openNodes } from '../../server/nodes/open-nodes.ts'
import { Following } from '../kit/following.ts'
import type { Figure } from './table.ts'

const FEW = 10
const MANY = 5_000
/** Appends to one of the sessions, as an answer that streams makes them. */
const APPENDS = 300
const EVERY_MS = 10

interface Cost {
  /** µs of Redis, and of this process, for each append. */
  redis: number
  here: number
}

/** What an append to one session costs where a server follows many others beside it, in which nothing happens. */
export async function following(url: string): Promise<Figure[]> {
  const few = await measure(url, FEW)
  const many = await measure(url, MANY)
  const what = `an append that a server hears which follows ${MANY} sessions`
  return [
    { what: `${what}, Redis' CPU`, value: many.redis, unit: 'µs', kind: 'time' },
    {
      what: `the same beside ${FEW} sessions`,
      value: many.redis / few.redis,
      unit: '×',
      bound: 1.5,
      kind: 'time',
    },
    { what: `${what}, the servers' CPU`, value: many.here, unit: 'µs', kind: 'time' },
    {
      what: `the same beside ${FEW} sessions`,
      value: many.here / few.here,
      unit: '×',
      bound: 1.5,
      kind: 'time',
    },
  ]
}

async function measure(url: string, count: number): Promise<Cost> {
  const log = { info() {}, warn() {}, error() {} }
  const settings = { url, fsync: 'always', replicas: 0, leaseMs: 60_000, clock: systemClock, log } as const
  const [owner, other] = [await openNodes(settings), await openNodes(settings)]
  const asks = new Redis(url)
  const streams = Array.from({ length: count }, (_, n) => `follow-${count}-${n}`)
  const heard = streams.map(() => new Following())
  let position = 0
  for (const [n, stream] of streams.entries()) {
    await owner.journal.append(stream, {
      expectedSeq: 0,
      events: [],
      updates: [{ doc: 'd', update: new Uint8Array(1) }],
    })
    other.peers.feed.follow(stream, 0, heard[n] ?? new Following())
  }
  const [stream = '', first = new Following()] = [streams[0], heard[0]]
  const { epoch } = await owner.journal.claim(stream)
  const append = async () => {
    const update = new Uint8Array(120).fill(7)
    const expectedSeq = ++position
    await owner.journal.append(stream, { expectedSeq, epoch, events: [], updates: [{ doc: 'd', update }] })
    await first.reached(expectedSeq + 1)
  }
  try {
    await append()
    const [redis, here] = [await redisCpu(asks), process.cpuUsage()]
    for (let n = 0; n < APPENDS; n++) {
      await append()
      await wait(EVERY_MS)
    }
    const { user, system } = process.cpuUsage(here)
    return { redis: ((await redisCpu(asks)) - redis) / APPENDS, here: (user + system) / APPENDS }
  } finally {
    asks.disconnect()
    await owner.close()
    await other.close()
  }
}

/** µs since Redis was started. */
async function redisCpu(redis: Redis): Promise<number> {
  const info = await redis.info('cpu')
  const of = (name: string) => Number(new RegExp(`used_cpu_${name}:([\\d.]+)`).exec(info)?.[1] ?? 0)
  return (of('user') + of('sys')) * 1e6
}
