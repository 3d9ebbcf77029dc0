import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Journal } from '../../server/journal/journal.ts'
import { openRedisJournal } from '../../server/journal/open-redis.ts'
import { eventually } from '../kit/eventually.ts'
import { hasRedis, RedisServer } from '../kit/redis.ts'
import { bytes, code, command, mark, said } from './journal-subject.ts'

const log = { info() {}, warn() {}, error() {} }

describe.runIf(hasRedis())('Redis journal among several processes', () => {
  let server: RedisServer
  const journals: Journal[] = []
  beforeAll(async () => {
    server = await RedisServer.run()
  })
  afterAll(() => server.remove())
  beforeEach(() => server.command('FLUSHALL'))
  afterEach(async () => {
    for (const journal of journals.splice(0)) await journal.close()
  })

  async function open(owner: string, { leaseMs = 60_000, replicas = 0, url = server.url } = {}) {
    const journal = await openRedisJournal({ url, owner, leaseMs, replicas, log })
    journals.push(journal)
    return journal
  }

  it('[JR1] a polite claim leaves alone what another process holds, and takes what it let go', async () => {
    const [a, b] = [await open('a'), await open('b')]
    const { epoch } = await a.claim('s', { polite: true })
    await expect(b.claim('s', { polite: true })).rejects.toMatchObject({
      code: 'OWNED',
      message: /owned by a/,
    })
    await a.append('s', { expectedSeq: 0, epoch, events: [mark('x')] })
    await a.release('s', epoch)
    expect(await b.claim('s', { polite: true })).toMatchObject({ seq: 1, clean: true })
  })

  it('[JR2] a lease that is not renewed lapses, and the claim after it is not clean', async () => {
    const [a, b] = [await open('a', { leaseMs: 150 }), await open('b')]
    const { epoch } = await a.claim('s')
    await eventually(async () => !(await b.claim('s', { polite: true })).clean)
    await expect(a.append('s', { expectedSeq: 0, epoch, events: [] })).rejects.toEqual(code('FENCED'))
    await expect(a.renew('s', epoch)).rejects.toEqual(code('FENCED'))
  })

  it('[JR3] renewing and appending lengthen the lease by the clock of the store', async () => {
    const a = await open('a', { leaseMs: 60_000 })
    const { epoch } = await a.claim('s')
    const left = async () => {
      const [seconds] = (await server.command('TIME')) as string[]
      return (
        Number(await server.command('HGET', 'colloquy:{s}:stream', 'leaseUntil')) - Number(seconds) * 1000
      )
    }
    const shorten = () => server.command('HSET', 'colloquy:{s}:stream', 'leaseUntil', 1)
    for (const act of [
      () => a.renew('s', epoch),
      () => a.append('s', { expectedSeq: 0, epoch, events: [] }),
      () => a.snapshot('s', { expectedSeq: 1, epoch, state: 1, docs: [] }),
    ]) {
      await shorten()
      await act()
      expect(await left()).toBeGreaterThan(55_000)
    }
  })

  it('[JR4] after Redis was started anew a claim is not clean, although the last owner had released', async () => {
    const one = await RedisServer.start()
    const a = await open('a', { url: one.url })
    const first = await a.claim('s')
    await a.append('s', { expectedSeq: 0, epoch: first.epoch, events: [mark('x')] })
    await a.release('s', first.epoch)
    const second = await a.claim('s')
    expect(second.clean).toBe(true)
    await a.release('s', second.epoch)
    await one.kill()
    await one.restart()
    await eventually(async () => (await a.load('s')).seq >= 0)
    expect(await a.claim('s')).toMatchObject({ clean: false, mayHaveLost: true })
    // What was acknowledged is there: appendfsync is always.
    expect((await a.load('s')).seq).toBe(1)
  })

  it('[JR5] all that belongs to a stream lies in one slot of a cluster', async () => {
    const a = await open('a')
    const { epoch } = await a.claim('s')
    const batch = { expectedSeq: 0, epoch, events: [said('c')], updates: [{ doc: 'd', update: bytes(1) }] }
    await a.append('s', { ...batch, command: command('k') })
    await a.snapshot('s', { expectedSeq: 1, epoch, state: 1, docs: [{ doc: 'd', state: bytes(1) }] })
    await a.putBoard('s', 'b', bytes(1))
    const keys = (await server.command('KEYS', '*')) as string[]
    expect(keys.length).toBe(7)
    expect(keys.filter((key) => !key.startsWith('colloquy:{s}:'))).toEqual([])
  })

  it('[JR6] where as many replicas as asked for do not have it, an append is not acknowledged', async () => {
    const alone = await open('a', { replicas: 1 })
    await expect(alone.append('s', { expectedSeq: 0, events: [] })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('0 of the 1 replicas'),
    })
    await server.replica()
    const many = Array.from({ length: 50 }, (_, n) =>
      alone.append('t', { expectedSeq: n, events: [mark(`e${n}`)] }),
    )
    expect(await Promise.all(many)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
  })

  it('[JR7] a foreign value under a key ends what concerns its stream, and writes nothing', async () => {
    const a = await open('a')
    for (const part of ['stream', 'events', 'feed', 'cells', 'docs']) {
      const stream = `s-${part}`
      await server.command('SET', `colloquy:{${stream}}:${part}`, 'something')
      const foreign = expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringContaining(part) })
      const batch = { expectedSeq: 0, events: [said('c')], updates: [{ doc: 'd', update: bytes(1) }] }
      await expect(a.append(stream, batch)).rejects.toEqual(foreign)
      await expect(a.load(stream)).rejects.toEqual(foreign)
      await expect(a.claim(stream)).rejects.toEqual(foreign)
      expect(await server.command('KEYS', `*{${stream}}*`)).toEqual([`colloquy:{${stream}}:${part}`])
    }
    expect(await a.append('t', { expectedSeq: 0, events: [mark('x')] })).toBe(1)
  })

  it('[JR8] an entry that does not decode ends the reading of its stream alone', async () => {
    const a = await open('a')
    await server.command('XADD', 'colloquy:{s}:events', '1-0', 'events', '{', 'cells', '\x90')
    await expect(a.load('s')).rejects.toEqual(code('UNAVAILABLE'))
    await expect(a.read('s', { after: 0, limit: 9 })).rejects.toEqual(code('UNAVAILABLE'))
    expect((await a.load('t')).seq).toBe(0)
  })

  it('[JR9] without memory, and on a replica, an append is refused whole; afterwards the same journal goes on', async () => {
    const a = await open('a')
    const batch = { events: [said('c')], updates: [{ doc: 'd', update: bytes(1) }] }
    await server.command('CONFIG', 'SET', 'maxmemory', '1mb')
    await expect(a.append('s', { expectedSeq: 0, ...batch })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('out of memory'),
    })
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    expect(await server.command('KEYS', '*')).toEqual([])
    await server.command('REPLICAOF', '127.0.0.1', '1')
    await expect(a.append('s', { expectedSeq: 0, ...batch })).rejects.toEqual(code('UNAVAILABLE'))
    await server.command('REPLICAOF', 'NO', 'ONE')
    await eventually(async () => (await a.append('s', { expectedSeq: 0, ...batch })) === 1)
  })

  it('[JR10] what is under way when the connection is lost has an unknown outcome; later calls go on', async () => {
    const a = await open('a')
    await a.append('s', { expectedSeq: 0, events: [mark('x')] })
    const lost = a.append('s', { expectedSeq: 1, events: [mark('y')] })
    await Promise.all([
      expect(lost.catch((error) => error)).resolves.toSatisfy(
        (outcome) => outcome === 2 || outcome.code === 'UNAVAILABLE',
      ),
      server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
    ])
    await eventually(async () => (await a.load('s')).seq >= 1)
  })

  it('[JR11] a wrong password, and nothing that listens, are said in words without the password', async () => {
    await server.command('CONFIG', 'SET', 'requirepass', 'right')
    const wrong = server.url.replace('//', '//:wrong-word@')
    await expect(open('a', { url: wrong })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'Redis cannot be used: the user or the password in the URL is wrong.',
    })
    await open('a', { url: server.url.replace('//', '//:right@') })
    const right = await import('ioredis').then(({ Redis }) => new Redis(server.url, { password: 'right' }))
    await right.config('SET', 'requirepass', '')
    right.disconnect()
    await expect(open('a', { url: 'redis://127.0.0.1:1' })).rejects.toThrow('nothing listens there')
  })

  it('[JR12] a recorded command goes after 30 days by the clock of the store', async () => {
    const a = await open('a')
    await a.append('s', { expectedSeq: 0, events: [], command: command('k') })
    const [key] = (await server.command('KEYS', '*command*')) as [string]
    const left = Number(await server.command('PTTL', key))
    expect(left).toBeGreaterThan(30 * 86_400_000 - 60_000)
    expect(left).toBeLessThanOrEqual(30 * 86_400_000)
  })

  it('[JR13] what was erased is in no key any more, also where other processes still read', async () => {
    const a = await open('a')
    const { epoch } = await a.claim('s')
    const secret = (name: string) => new TextEncoder().encode(`<<${name}>>`)
    const updates = [
      { doc: 'd', update: secret('update') },
      { doc: 'e', update: bytes(7) },
    ]
    await a.append('s', { expectedSeq: 0, epoch, events: [said('c', '<<body>>')], updates })
    await a.snapshot('s', { expectedSeq: 1, epoch, state: 1, docs: [{ doc: 'd', state: secret('state') }] })
    expect(await marks()).toEqual(['<<body>>', '<<state>>', '<<update>>'])
    await a.append('s', { expectedSeq: 1, epoch, events: [], erase: ['c'], dropDocs: ['d'] })
    expect(await marks()).toEqual([])
    expect((await a.load('s')).docs).toEqual(new Map([['e', { state: null, updates: [bytes(7)] }]]))
  })

  it('[JR14] where somebody has thrown away all scripts, what is called then fails whole, and the next call does not', async () => {
    const a = await open('a')
    const { epoch } = await a.claim('s')
    await server.command('SCRIPT', 'FLUSH')
    const batch = { expectedSeq: 0, epoch, events: [mark('x')] }
    await expect(a.append('s', batch)).rejects.toEqual(code('UNAVAILABLE'))
    expect(await a.append('s', batch)).toBe(1)
  })

  /** The marks `<<…>>` in anything that Redis holds. */
  async function marks(): Promise<string[]> {
    const found: string[] = []
    for (const key of (await server.command('KEYS', '*')) as string[]) {
      const kind = String(await server.command('TYPE', key))
      const all = { hash: ['HGETALL', key], stream: ['XRANGE', key, '-', '+'], string: ['GET', key] }[kind]
      const [name = 'ZRANGE', ...args] = all ?? ['ZRANGE', key, 0, -1]
      found.push(...(JSON.stringify(await server.command(String(name), ...args)).match(/<<\w+>>/g) ?? []))
    }
    return found.sort()
  }
})
