import { ColloquyError } from '@colloquy/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../server/clock.ts'
import { Inbox } from '../../server/nodes/inbox.ts'
import { type Nodes, type NodesOptions, openNodes } from '../../server/nodes/open-nodes.ts'
import { connectRedis } from '../../server/redis/connection.ts'
import { StreamReader } from '../../server/redis/stream-reader.ts'
import type { Question } from '../../server/session/peers.ts'
import type { Said } from '../../server/sync/presence.ts'
import { ManualClock } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { FaultProxy } from '../kit/fault-proxy.ts'
import { principal } from '../kit/people.ts'
import { hasRedis, RedisServer } from '../kit/redis.ts'

const log = { info() {}, warn() {}, error() {} }
const question: Question = { type: 'reached', sessionId: 's', position: 7 }

describe.runIf(hasRedis())('servers that share a Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.run()
  })
  afterAll(() => server.remove())
  beforeEach(() => server.command('FLUSHALL'))

  /** One of them, and the name that the others know it by. */
  async function open(given: Partial<NodesOptions> = {}): Promise<Nodes & { node: string }> {
    const nodes = await openNodes({
      ...{ url: server.url, fsync: 'always', replicas: 0, leaseMs: 60_000, clock: systemClock, log },
      ...given,
    })
    onTestFinished(() => nodes.close())
    const { epoch } = await nodes.journal.claim('name')
    const { owner } = await nodes.peers.feed.head('name')
    await nodes.journal.release('name', epoch)
    return { ...nodes, node: owner ?? '' }
  }

  /** An inbox alone, under a clock of the test's. */
  async function inbox(node: string, clock = new ManualClock()): Promise<Inbox> {
    const { url } = server
    const reads = await connectRedis({ url, name: 'feed', log })
    const listens = await connectRedis({ url, name: 'listens', log })
    const redis = await connectRedis({ url, name: 'asks', log })
    const reader = new StreamReader({ reads, listens, log })
    onTestFinished(async () => {
      await reader.close()
      redis.disconnect()
      listens.disconnect()
    })
    return new Inbox({ node, reader, redis, clock, log })
  }

  it('[ND1] a question is answered by the one that is asked, and by it alone', async () => {
    const [a, b, c] = [await open(), await open(), await open()]
    const heard: string[] = []
    for (const each of [a, b, c]) {
      each.serve(async (asked) => {
        heard.push(`${each.node} ${JSON.stringify(asked)}`)
        return { of: each.node }
      })
    }
    expect(await a.peers.ask(b.node, question)).toEqual({ of: b.node })
    expect(await b.peers.ask(b.node, question)).toEqual({ of: b.node })
    expect(heard).toEqual(Array(2).fill(`${b.node} ${JSON.stringify(question)}`))
    const many = await Promise.all(
      Array.from({ length: 300 }, (_, n) => (n % 2 ? a : b).peers.ask(c.node, { ...question, position: n })),
    )
    expect(many).toEqual(Array(300).fill({ of: c.node }))
  })

  it('[ND2] what it refuses with arrives as it was, and what went wrong there without its words', async () => {
    const [a, b] = [await open(), await open()]
    b.serve(async () => {
      throw new ColloquyError('QUEUE_FULL', 'Too many wait.', { most: 20 })
    })
    const refused = await a.peers.ask(b.node, question).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ColloquyError)
    expect(refused).toMatchObject({ code: 'QUEUE_FULL', message: 'Too many wait.', details: { most: 20 } })
    b.serve(() => Promise.reject(new Error('secret words')))
    const failed = await a.peers.ask(b.node, question).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'INTERNAL', message: expect.not.stringContaining('secret') })
  })

  it('[ND3] where nobody answers, whoever asks is told so after its time; an answer that comes late is for nobody', async () => {
    const clock = new ManualClock()
    const [a, b] = [await inbox('a', clock), await inbox('b')]
    let answer: (value: unknown) => void = () => undefined
    let asked = 0
    b.serve(() => {
      asked++
      return new Promise((resolve) => (answer = resolve))
    })
    const away = a.ask('nobody', question)
    const late = a.ask('b', question)
    const refused = Promise.all(
      [away, late].map((each) => expect(each).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })),
    )
    await eventually(() => asked === 1)
    clock.advance(1_999)
    expect(await Promise.race([away, late, Promise.resolve('waiting')])).toBe('waiting')
    clock.advance(1)
    await refused
    answer('late')
    b.serve(async () => 'in time')
    expect(await a.ask('b', question)).toBe('in time')
  })

  it('[ND4] a message that does not decode is passed over, and the next is answered', async () => {
    const [a, b] = [await open(), await open()]
    b.serve(async (asked) => asked)
    const junk = ['{', 'null', '5', '[]', '{}', '{"id":"x"}', '{"id":"x","question":null,"from":"y"}', '\xff']
    for (const each of junk) await server.command('XADD', `colloquy:inbox:${b.node}`, '*', 'message', each)
    await server.command('XADD', `colloquy:inbox:${b.node}`, '*', 'other', 'field')
    expect(await a.peers.ask(b.node, question)).toEqual(question)
  })

  it('[ND5] where the store takes no question, whoever asks is told so at once', async () => {
    const a = await inbox('a')
    const limit = (bytes: string) => server.command('CONFIG', 'SET', 'maxmemory', bytes)
    onTestFinished(async () => {
      await limit('0')
    })
    await limit('1mb')
    await expect(a.ask('b', question)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })

  it('[ND6] all have the same secret, also those that come at the same time; what is no secret ends the start', async () => {
    const all = await Promise.all([open(), open(), open()])
    const later = await open()
    expect(new Set([...all, later].map(({ secret }) => Buffer.from(secret).toString('hex'))).size).toBe(1)
    expect(later.secret).toHaveLength(32)
    await server.command('SET', 'colloquy:secret', 'short')
    await expect(open()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'Redis cannot be used: colloquy:secret holds no secret of Colloquy.',
    })
  })

  it('[ND7] a ticket that one issued opens a doc at another, once at all of them', async () => {
    const clock = new ManualClock(Date.now())
    const [a, b] = [await open({ clock }), await open({ clock })]
    const ann = principal('ann')
    const { ticket, expiresAt } = await a.tickets.issue(ann, 's', 'https://app.test')
    expect(expiresAt).toBe(clock.now() + 60_000)
    const redeem = (at: Nodes, { session = 's', doc = 's/main@1', origin = 'https://app.test' } = {}) =>
      at.tickets.redeem(ticket, session, doc, origin)
    expect(await redeem(b, { session: 't' })).toBeNull()
    expect(await redeem(b, { origin: 'https://other.test' })).toBeNull()
    expect(await b.tickets.redeem(ticket, 's', 's/main@1', undefined)).toBeNull()
    expect(await b.tickets.redeem(`${ticket}x`, 's', 's/main@1', 'https://app.test')).toBeNull()
    const both = await Promise.all([redeem(a), redeem(b)])
    expect(both.filter((each) => each !== null)).toEqual([ann])
    expect(await redeem(a, { doc: 's/main~board@1' })).toEqual(ann)
    expect(await redeem(b, { doc: 's/main~board@1' })).toBeNull()
    clock.advance(60_000)
    expect(await redeem(b, { doc: 's/other@1' })).toBeNull()
  })

  it('[ND7] a ticket opens nothing once the proof behind it has lapsed', async () => {
    const clock = new ManualClock(Date.now())
    const [a, b] = [await open({ clock }), await open({ clock })]
    const ann = { ...principal('ann'), expiresAt: clock.now() + 1_000 }
    const { ticket } = await a.tickets.issue(ann, 's', undefined)
    clock.advance(1_000)
    expect(await b.tickets.redeem(ticket, 's', 's/main@1', undefined)).toBeNull()
  })

  it('[T4] of more than 200 tickets that one person holds the oldest lapses, and no other person’s', async () => {
    const clock = new ManualClock(Date.now())
    const a = await open({ clock })
    const others = await a.tickets.issue(principal('bo'), 's', undefined)
    const all: string[] = []
    for (let n = 0; n < 201; n++) {
      clock.advance(1)
      all.push((await a.tickets.issue(principal('ann'), 's', undefined)).ticket)
    }
    const opens = (ticket = '') => a.tickets.redeem(ticket, 's', 's/main@1', undefined)
    expect(await opens(all[0])).toBeNull()
    expect(await opens(all[1])).toEqual(principal('ann'))
    expect(await opens(others.ticket)).toEqual(principal('bo'))
  })

  it('[ND8] what Redis holds opens nothing: no ticket is in it, and all of it goes by itself', async () => {
    const a = await open()
    const { ticket } = await a.tickets.issue(principal('ann'), 's', undefined)
    await a.tickets.redeem(ticket, 's', 's/main@1', undefined)
    const [index] = (await server.command('KEYS', 'colloquy:tickets:*')) as [string]
    expect(Number(await server.command('PTTL', index))).toBeGreaterThan(0)
    expect(JSON.stringify(await server.command('ZRANGE', index, 0, -1))).not.toContain(ticket)
    const keys = (await server.command('KEYS', 'colloquy:ticket:*')) as string[]
    expect(keys).toHaveLength(2)
    for (const key of keys) {
      expect(`${key} ${await server.command('GET', key)}`).not.toContain(ticket)
      expect(Number(await server.command('PTTL', key))).toBeGreaterThan(0)
    }
  })

  it('[ND9] whoever takes something back waits for the others that read: until they answer, or may read no more', async () => {
    const leaseMs = 400
    const [a, b, c] = [await open({ leaseMs }), await open({ leaseMs }), await open({ leaseMs })]
    const asked: string[] = []
    for (const each of [a, b]) each.serve(async () => asked.push(each.node))
    // It stands still.
    c.serve(() => new Promise(() => undefined))
    await a.peers.readLeases.register('s')
    await b.peers.readLeases.register('s')
    await a.peers.readLeases.confirm('s', question)
    expect(asked).toEqual([b.node])
    const registeredAt = performance.now()
    await c.peers.readLeases.register('s')
    await a.peers.readLeases.confirm('s', question)
    expect(performance.now() - registeredAt).toBeGreaterThan(leaseMs * 0.9)
    await a.peers.readLeases.confirm('another', question)
  })

  it('[ND10] who is in a room is heard at the others, also where it was joined while Redis was away', async () => {
    const proxy = await FaultProxy.start(server.url.replace('redis', 'http'))
    onTestFinished(() => proxy.close())
    const [a, b] = [await open(), await open({ url: proxy.url.replace('http', 'redis') })]
    const there = { clientId: 7, clock: 1, state: '{}', userId: 'ann', name: 'Ann', number: 1 }
    const room = (everybody: readonly Said[], heard: Said[]) => ({
      heard: (_node: string, said: readonly Said[]) => heard.push(...said),
      lost: () => undefined,
      everybody: () => everybody,
    })
    a.relays.room('s/main@1').join(room([there], []))
    proxy.open = false
    proxy.reset()
    await eventually(() => !b.reachable())
    const heard: Said[] = []
    b.relays.room('s/main@1').join(room([], heard))
    proxy.open = true
    await eventually(() => heard.length > 0, 5_000)
    expect(heard[0]).toEqual(there)
    await eventually(async () => (await b.relays.here('s')).length > 0)
    expect(await b.relays.here('s')).toEqual([{ id: 'ann', name: 'Ann' }])
  })

  it('[ND11] of what was asked and answered nothing stays in Redis', async () => {
    const [a, b] = [await open(), await open()]
    b.serve(async (asked) => asked)
    for (let position = 0; position < 5; position++) await a.peers.ask(b.node, { ...question, position })
    await eventually(async () => {
      const lengths = [a, b].map(({ node }) => server.command('XLEN', `colloquy:inbox:${node}`))
      return (await Promise.all(lengths)).every((length) => length === 0)
    })
  })

  it('[ND12] what was written on a board is kept for a day, and for minutes once its next incarnation has begun', async () => {
    const { boards } = (await open()).peers
    const board = boards.shared('s', 's/main~board@1')
    expect(await board.write(new Uint8Array([1]), 'ann')).toBe(true)
    const key = 'colloquy:{s}:written:s/main~board@1'
    expect(Number(await server.command('PTTL', key))).toBeGreaterThan(86_000_000)
    await boards.close('s', 's/main~board@1')
    expect(await board.write(new Uint8Array([2]), 'ann')).toBe(false)
    await boards.forget('s', 's/main~board@1')
    const left = Number(await server.command('PTTL', key))
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(130_000)
    expect(await boards.recent('s', 's/main~board@1')).toEqual([new Uint8Array([1])])
  })
})
