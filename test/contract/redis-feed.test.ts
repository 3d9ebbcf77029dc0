import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Feed } from '../../server/journal/feed.ts'
import type { Journal } from '../../server/journal/journal.ts'
import { openRedisJournal } from '../../server/journal/open-redis.ts'
import { openRedisFeed } from '../../server/journal/redis-feed.ts'
import { SCRIPTS } from '../../server/journal/redis-scripts.ts'
import { connectRedis } from '../../server/redis/connection.ts'
import { loadScripts } from '../../server/redis/script.ts'
import { type Entry, StreamReader } from '../../server/redis/stream-reader.ts'
import { eventually } from '../kit/eventually.ts'
import { Following } from '../kit/following.ts'
import { hasRedis, RedisServer } from '../kit/redis.ts'
import { bytes, code, mark, said } from './journal-subject.ts'

const log = { info() {}, warn() {}, error() {} }
/** More than are read at a time. */
const MANY = 3_000

describe.runIf(hasRedis())('Redis feed', () => {
  let server: RedisServer
  let journal: Journal
  let feed: Feed
  let reader: StreamReader
  const ends: (() => void | Promise<void>)[] = []
  beforeAll(async () => {
    server = await RedisServer.run({ appendfsync: 'no' })
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    await server.command('FLUSHALL')
    journal = await open('n1')
    const { url } = server
    const reads = await connectRedis({ url, name: 'feed', log })
    const listens = await connectRedis({ url, name: 'listens', log })
    const ready = (redis: Parameters<typeof loadScripts>[0]) => loadScripts(redis, SCRIPTS)
    const asks = await connectRedis({ url, name: 'asks', log, ready })
    reader = new StreamReader({ reads, listens, log })
    feed = openRedisFeed(reader, asks)
    ends.push(
      () => reader.close(),
      () => asks.disconnect(),
      () => listens.disconnect(),
    )
  })
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  async function open(owner: string, leaseMs = 60_000): Promise<Journal> {
    const opened = await openRedisJournal({ url: server.url, owner, leaseMs, replicas: 0, log })
    ends.push(() => opened.close())
    return opened
  }

  function follow(stream: string, after: number, follower = new Following()): Following {
    ends.push(feed.follow(stream, after, follower))
    return follower
  }

  /** Appends `count` batches at once, behind `from`. */
  function appendMany(stream: string, epoch: string, from: number, count: number): Promise<number[]> {
    return Promise.all(
      Array.from({ length: count }, (_, n) => {
        const updates = [{ doc: 'd', update: bytes(n % 256) }]
        return journal.append(stream, { expectedSeq: from + n, epoch, events: [mark(`e${n}`)], updates })
      }),
    )
  }

  const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, n) => from + n)

  it('[JF1] an append arrives whole: its events without their bodies, and the updates of each doc as bytes', async () => {
    const { epoch } = await journal.claim('s')
    const updates = [
      { doc: 's/main@1', update: bytes(0, 255, 10, 13) },
      { doc: 's/odd:name@2', update: bytes() },
    ]
    const heard = follow('s', 0)
    await journal.append('s', { expectedSeq: 0, epoch, events: [said('c1'), mark('x')], updates })
    await journal.append('s', { expectedSeq: 1, epoch, events: [] })
    await heard.reached(2)
    expect(heard.entries).toEqual([
      {
        seq: 1,
        events: [
          { type: 'said', at: 1, cell: 'c1' },
          { type: 'x', at: 1 },
        ],
        updates,
      },
      { seq: 2, events: [], updates: [] },
    ])
  })

  it('[JF2] thousands of appends at once arrive in order, each once', async () => {
    const { epoch } = await journal.claim('s')
    const heard = follow('s', 0)
    await appendMany('s', epoch, 0, MANY)
    await heard.reached(MANY)
    expect(heard.positions).toEqual(upTo(MANY))
    expect(heard.ends).toEqual([])
  })

  it('[JF3] who is far behind is given at most 128 entries at a time, and no more before those are taken', async () => {
    const { epoch } = await journal.claim('s')
    await appendMany('s', epoch, 0, MANY)
    const given: number[] = []
    let taken = () => {}
    const take = (entries: readonly Entry[]) => {
      given.push(entries.length)
      return new Promise<void>((resolve) => (taken = resolve))
    }
    ends.push(reader.follow('colloquy:{s}:feed', '0-0', { take, broken: () => undefined }))
    await eventually(() => given.length === 1)
    // What another stream brings shows that the reader has gone on meanwhile.
    const other = follow('t', 0)
    await journal.append('t', { expectedSeq: 0, events: [], updates: [{ doc: 'd', update: bytes(1) }] })
    await other.reached(1)
    expect(given).toHaveLength(1)
    // With the one that tells of the claim.
    const batches = Math.ceil((MANY + 1) / 128)
    for (let batch = 1; batch < batches; batch++) {
      taken()
      await eventually(() => given.length > batch)
    }
    expect(given).toEqual([...Array(batches - 1).fill(128), (MANY + 1) % 128])
  })

  it('[JF4] who follows from a position misses nothing and gets nothing twice, also while it is written', async () => {
    const { epoch } = await journal.claim('s')
    const writing = appendMany('s', epoch, 0, MANY)
    const heard: number[] = []
    // It goes away and comes back where it was, again and again.
    while ((heard.at(-1) ?? 0) < MANY) {
      const from = heard.at(-1) ?? 0
      const some = new Following()
      const stop = feed.follow('s', from, some)
      await some.reached(Math.min(from + 200, MANY))
      stop()
      heard.push(...some.positions)
    }
    await writing
    expect(heard).toEqual(upTo(MANY))
  })

  it('[JF5] where appends are missing, because the feed was trimmed, following ends with UNAVAILABLE', async () => {
    const { epoch } = await journal.claim('s')
    await appendMany('s', epoch, 0, 600)
    await journal.snapshot('s', { expectedSeq: 600, epoch, state: 1, docs: [{ doc: 'd', state: bytes(1) }] })
    const late = follow('s', 10)
    await late.ended()
    expect(late.ends).toEqual([code('UNAVAILABLE')])
    expect(late.entries).toEqual([])
    // Some are kept under a snapshot, for who has just read the state below.
    const inTime = follow('s', 100)
    await inTime.reached(600)
    expect(inTime.positions).toEqual(upTo(600, 101))
    expect(late.ends).toHaveLength(1)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('no')), 1],
    ['throws at once', fails, 1],
    ['never comes to an end', () => new Promise<void>(() => undefined), 0],
  ])('[JF6] a follower that %s holds up its own stream and no other', async (_what, taking, ended) => {
    const [s, t] = [await journal.claim('s'), await journal.claim('t')]
    const bad = follow('s', 0, new Following(taking))
    const good = follow('t', 0)
    await appendMany('s', s.epoch, 0, 300)
    await bad.reached(1)
    await appendMany('t', t.epoch, 0, 300)
    await good.reached(300)
    expect(good.ends).toEqual([])
    expect(bad.positions).toEqual([1])
    expect(bad.ends).toHaveLength(ended)
  })

  it('[JF7] an entry that does not decode ends the following of its stream alone', async () => {
    const t = await journal.claim('t')
    const [bad, good] = [follow('s', 0), follow('t', 0)]
    await server.command('XADD', 'colloquy:{s}:feed', '1-0', 'events', '[{]')
    await server.command('PUBLISH', 'colloquy:{s}:feed', '')
    await bad.ended()
    expect(bad.ends).toEqual([code('UNAVAILABLE')])
    await appendMany('t', t.epoch, 0, 2)
    await good.reached(2)
    expect(good.ends).toEqual([])
  })

  it('[JF8] a foreign value under the key of a feed ends the following of that stream alone', async () => {
    const t = await journal.claim('t')
    const good = follow('t', 0)
    await server.command('SET', 'colloquy:{s}:feed', 'something')
    const bad = follow('s', 0)
    await bad.ended()
    await appendMany('t', t.epoch, 0, 300)
    await good.reached(300)
    expect(good.ends).toEqual([])
    expect(bad.ends).toHaveLength(1)
    expect(bad.entries).toEqual([])
  })

  it('[JF9] that a stream has another owner, or none, is told between the appends before and after it', async () => {
    const other = await open('n2')
    const heard = follow('s', 0)
    const first = await journal.claim('s')
    await appendMany('s', first.epoch, 0, 2)
    await journal.release('s', first.epoch)
    const second = await other.claim('s')
    await other.append('s', { expectedSeq: 2, epoch: second.epoch, events: [] })
    await heard.reached(3)
    expect(heard.told).toEqual(['owned by n1', 1, 2, 'owned by null', 'owned by n2', 3])
    // Who begins to follow is told of all that came behind the position, also of owners that are none any more.
    const late = follow('s', 2)
    await late.reached(3)
    expect(late.told).toEqual(['owned by null', 'owned by n2', 3])
  })

  it.each(['feed', 'listens'])(
    '[JF10] a connection (%s) that is lost loses nothing, however often',
    async (name) => {
      const { epoch } = await journal.claim('s')
      const heard = follow('s', 0)
      let lost = 0
      for (let from = 0; from < MANY; from += 500) {
        const [, ended] = await Promise.all([appendMany('s', epoch, from, 500), kill(`colloquy-${name}`)])
        lost += ended
      }
      expect(lost).toBeGreaterThan(1)
      await heard.reached(MANY)
      expect(heard.positions).toEqual(upTo(MANY))
      expect(heard.ends).toEqual([])
    },
  )

  it('[JF11] what a stream’s head says: how far it is, and who holds it as long as the lease runs', async () => {
    expect(await feed.head('s')).toEqual({ position: 0, owner: null })
    const { epoch } = await journal.claim('s')
    await appendMany('s', epoch, 0, 3)
    expect(await feed.head('s')).toEqual({ position: 3, owner: 'n1' })
    await journal.release('s', epoch)
    expect(await feed.head('s')).toEqual({ position: 3, owner: null })
    const brief = await open('n2', 150)
    await brief.claim('s')
    expect(await feed.head('s')).toEqual({ position: 3, owner: 'n2' })
    await eventually(async () => (await feed.head('s')).owner === null)
    await server.command('SET', 'colloquy:{u}:stream', 'something')
    await expect(feed.head('u')).rejects.toEqual(code('UNAVAILABLE'))
  })

  it('[JF12] who has stopped following is told nothing more, nor of what was read already', async () => {
    const { epoch } = await journal.claim('s')
    await appendMany('s', epoch, 0, 100)
    let stop = () => {}
    const heard = new Following(({ seq }) => {
      if (seq === 10) stop()
    })
    stop = feed.follow('s', 0, heard)
    await heard.reached(10)
    const next = follow('s', 10)
    await next.reached(100)
    expect(heard.positions).toEqual(upTo(10))
    expect(next.positions).toEqual(upTo(100, 11))
  })

  it('[JF13] who watches a stream is told once at first, and each time that something is appended', async () => {
    await journal.append('w', { expectedSeq: 0, events: [mark('x')] })
    let told = 0
    const stop = feed.watch('w', () => told++)
    await eventually(() => told === 1)
    await journal.append('w', { expectedSeq: 1, events: [mark('y')] })
    await eventually(() => told === 2)
    stop()
    const other = follow('s', 0)
    await journal.append('w', { expectedSeq: 2, events: [mark('z')] })
    await journal.claim('s')
    await other.until(() => other.told.length > 0)
    expect(told).toBe(2)
  })

  it('[JF14] a store that goes on with another history ends all following; whoever begins anew is told what comes', async () => {
    const [s, t] = [follow('s', 0), follow('t', 0)]
    const { epoch } = await journal.claim('s')
    await appendMany('s', epoch, 0, 2)
    await s.reached(2)
    await server.kill()
    await server.restart()
    await Promise.all([s.ended(), t.ended()])
    await eventually(async () => (await journal.load('t')).seq === 0)
    const anew = await journal.claim('t')
    const again = follow('t', anew.seq)
    await appendMany('t', anew.epoch, anew.seq, 2)
    await again.reached(anew.seq + 2)
    expect([s.ends, t.ends]).toEqual([[expect.any(Error)], [expect.any(Error)]])
  })

  it('[JF15] what was added and not heard of is read within seconds', async () => {
    await journal.claim('s')
    const heard = follow('s', 0)
    await heard.until(() => heard.told.length === 1)
    await server.command('XADD', 'colloquy:{s}:feed', '1-0', '.', '')
    await heard.reached(1)
  })

  it('[JF16] thousands that are followed hear of what comes, each of its own, also over a lost connection', async () => {
    const streams = Array.from({ length: 2_000 }, (_, n) => `s${n}`)
    const heard = streams.map((stream) => follow(stream, 0))
    const append = (stream: string, expectedSeq: number) =>
      journal.append(stream, {
        expectedSeq,
        events: [],
        updates: [{ doc: stream, update: bytes(expectedSeq) }],
      })
    await Promise.all(streams.map((stream) => append(stream, 0)))
    await kill('colloquy-listens')
    await Promise.all(streams.map((stream) => append(stream, 1)))
    await Promise.all(heard.map((each) => each.reached(2)))
    expect(heard.map(({ entries }) => entries.map(({ updates }) => updates[0]?.doc))).toEqual(
      streams.map((stream) => [stream, stream]),
    )
  })

  /** Ends the connections of that name, as an operator may. @returns how many there were */
  async function kill(name: string): Promise<number> {
    const clients = String(await server.command('CLIENT', 'LIST')).split('\n')
    const found = clients.filter((line) => line.includes(` name=${name} `))
    for (const client of found) {
      await server.command('CLIENT', 'KILL', 'ID', /\bid=(\d+)/.exec(client)?.[1] ?? '')
    }
    return found.length
  }
})

function fails(): void {
  throw new Error('no')
}
