import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { systemClock } from '../../server/clock.ts'
import { openNodes } from '../../server/nodes/open-nodes.ts'
import { Following } from '../kit/following.ts'
import type { Figure } from './table.ts'

/** Sessions in which an answer streams, and in how many more nothing happens. */
const BUSY = 50
const IDLE = 5_000
/** Appends to each of the busy ones, at the pace of an answer. */
const APPENDS = 120
const EVERY_MS = 43
/** Sessions whose leases are lengthened once. */
const LEASES = 2_000
/** How often that is due with the usual lease: a third of it, in s. */
const RENEWED_S = 2
const AT_ONCE = 20

const log = { info() {}, warn() {}, error() {} }
const settings = { fsync: 'always', replicas: 0, leaseMs: 60_000, clock: systemClock, log } as const

interface Cost {
  /** µs of Redis, and of all servers, for each append. */
  redis: number
  servers: number
}

/** What an append costs Redis and servers that follow the session, while answers stream in many. */
export async function following(url: string): Promise<Figure[]> {
  const alone = await measure(url, 0, 0)
  const one = await measure(url, 1, 0)
  const three = await measure(url, 3, 0)
  const idle = await measure(url, 1, IDLE)
  const time = { kind: 'time' } as const
  const beside = `beside ${IDLE} followed sessions in which nothing happens`
  return [
    { what: `an append, ${BUSY} answers streaming, Redis' CPU`, value: alone.redis, unit: 'µs', ...time },
    { what: 'the same, with a server that follows', value: one.redis, unit: 'µs', ...time },
    { what: 'the same, with three', value: three.redis, unit: 'µs', ...time },
    { what: `Redis' CPU ${beside}`, value: idle.redis / one.redis, unit: '×', bound: 1.5, ...time },
    ...(await leases(url)),
    { what: `the servers' CPU ${beside}`, value: idle.servers / one.servers, unit: '×', bound: 1.5, ...time },
  ]
}

/** @param servers how many follow all sessions @param idle sessions beside the busy ones */
async function measure(url: string, servers: number, idle: number): Promise<Cost> {
  const owner = await openNodes({ ...settings, url })
  const others = await Promise.all(Array.from({ length: servers }, () => openNodes({ ...settings, url })))
  const asks = new Redis(url)
  const name = (n: number) => `follow-${servers}-${idle}-${n}`
  const heard: Following[] = []
  const epochs: string[] = []
  for (let n = 0; n < BUSY + idle; n++) {
    const { epoch } = await owner.journal.claim(name(n))
    if (n < BUSY) epochs.push(epoch)
    for (const { peers } of others) {
      const follower = new Following()
      peers.feed.follow(name(n), 0, follower)
      if (n < BUSY) heard.push(follower)
    }
  }
  const update = new Uint8Array(120).fill(7)
  const append = (n: number, expectedSeq: number) =>
    owner.journal.append(name(n), {
      ...{ expectedSeq, epoch: epochs[n] ?? '', events: [], updates: [{ doc: 'd', update }] },
    })
  const stream = async (n: number) => {
    await wait((EVERY_MS * n) / BUSY)
    for (let seq = 1; seq <= APPENDS; seq++) await Promise.all([append(n, seq), wait(EVERY_MS)])
  }
  try {
    await Promise.all(epochs.map((_, n) => append(n, 0)))
    await Promise.all(heard.map((each) => each.reached(1)))
    const [redis, cpu] = [await redisCpu(asks), process.cpuUsage()]
    await Promise.all(epochs.map((_, n) => stream(n)))
    await Promise.all(heard.map((each) => each.reached(APPENDS + 1)))
    const { user, system } = process.cpuUsage(cpu)
    const appends = BUSY * APPENDS
    return { redis: ((await redisCpu(asks)) - redis) / appends, servers: (user + system) / appends }
  } finally {
    asks.disconnect()
    for (const each of [owner, ...others]) await each.close()
  }
}

/** What sessions cost in which nothing happens, for each second with the usual lease. */
async function leases(url: string): Promise<Figure[]> {
  const nodes = await openNodes({ ...settings, url })
  const asks = new Redis(url)
  const { journal, peers } = nodes
  const names = Array.from({ length: LEASES }, (_, n) => `lease-${n}`)
  const claims = await Promise.all(names.map((name) => journal.claim(name)))
  const cost = async (what: string, lengthen: (name: string, n: number) => Promise<unknown>) => {
    const [redis, cpu] = [await redisCpu(asks), process.cpuUsage()]
    for (let from = 0; from < LEASES; from += AT_ONCE) {
      await Promise.all(names.slice(from, from + AT_ONCE).map((name, n) => lengthen(name, from + n)))
    }
    const { user, system } = process.cpuUsage(cpu)
    const per = { unit: 'µs', kind: 'time' } as const
    return [
      {
        what: `${what}, Redis' CPU a second`,
        value: ((await redisCpu(asks)) - redis) / LEASES / RENEWED_S,
        ...per,
      },
      { what: `${what}, the server's`, value: (user + system) / LEASES / RENEWED_S, ...per },
    ]
  }
  try {
    return [
      ...(await cost('a session that is owned', (name, n) => journal.renew(name, claims[n]?.epoch ?? ''))),
      ...(await cost('a session that is followed', async (name) => {
        await peers.readLeases.register(name)
      })),
    ]
  } finally {
    asks.disconnect()
    await nodes.close()
  }
}

/** µs since Redis was started. */
async function redisCpu(redis: Redis): Promise<number> {
  const info = await redis.info('cpu')
  const of = (name: string) => Number(new RegExp(`used_cpu_${name}:([\\d.]+)`).exec(info)?.[1] ?? 0)
  return (of('user') + of('sys')) * 1e6
}
