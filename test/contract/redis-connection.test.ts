import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../server/clock.ts'
import { createLogger } from '../../server/http/logging.ts'
import type { Fsync } from '../../server/nodes/check-store.ts'
import { type Nodes, openNodes } from '../../server/nodes/open-nodes.ts'
import { connectRedis } from '../../server/redis/connection.ts'
import { eventually } from '../kit/eventually.ts'
import { FaultProxy } from '../kit/fault-proxy.ts'
import { hasRedis, RedisServer } from '../kit/redis.ts'

/** Opens a server's connections; what it logs is kept. */
async function open(url: string, fsync: Fsync = 'always') {
  const lines: string[] = []
  const log = createLogger({ destination: { write: (line) => void lines.push(line) } })
  const options = { url, fsync, replicas: 0, leaseMs: 60_000, clock: systemClock, log }
  const nodes = await openNodes(options).catch((error: unknown) => error)
  if (nodes instanceof Error) return { error: nodes as Error & { code?: string }, lines }
  onTestFinished(() => (nodes as Nodes).close())
  return { nodes: nodes as Nodes, lines }
}

/** All that could be printed of it. */
function printed(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.stack} ${JSON.stringify({ ...error })} ${printed(error.cause)}`
}

describe.runIf(hasRedis())('connections to Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.run()
  })
  afterAll(() => server.remove())

  /** With these settings until the test ends. */
  async function set(settings: Record<string, string>): Promise<void> {
    const before = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' }
    onTestFinished(async () => {
      for (const [name, value] of Object.entries(before)) await server.command('CONFIG', 'SET', name, value)
    })
    for (const [name, value] of Object.entries(settings)) await server.command('CONFIG', 'SET', name, value)
  }

  it.each(['allkeys-lru', 'volatile-ttl'])(
    '[RC1] a store that drops what it holds (%s) is refused, whatever it keeps',
    async (policy) => {
      await set({ 'maxmemory-policy': policy })
      for (const fsync of ['always', 'no'] as const) {
        const { error } = await open(server.url, fsync)
        expect(error).toMatchObject({ code: 'UNAVAILABLE' })
        expect(error?.message).toBe(
          `Redis cannot be used: it drops what it holds when memory runs out (maxmemory-policy ${policy}): set noeviction.`,
        )
      }
    },
  )

  it.each([
    {
      appendonly: 'yes',
      appendfsync: 'everysec',
      refused: ['always'],
      taken: ['everysec', 'no'],
      kept: 'everysec',
    },
    { appendonly: 'yes', appendfsync: 'no', refused: ['always', 'everysec'], taken: ['no'], kept: 'no' },
    { appendonly: 'no', appendfsync: 'always', refused: ['always', 'everysec'], taken: ['no'], kept: 'no' },
    {
      appendonly: 'yes',
      appendfsync: 'always',
      refused: [],
      taken: ['always', 'everysec', 'no'],
      kept: 'always',
    },
  ] as const)(
    '[RC2] one that keeps less than is asked for is refused: appendonly $appendonly, appendfsync $appendfsync',
    async ({ appendonly, appendfsync, refused, taken, kept }) => {
      await set({ appendonly, appendfsync })
      for (const fsync of refused) {
        const { error } = await open(server.url, fsync)
        expect(error).toMatchObject({ code: 'UNAVAILABLE' })
        expect(error?.message).toContain(`(appendonly ${appendonly}, appendfsync ${appendfsync})`)
        expect(error?.message).toContain(
          `set appendonly yes and appendfsync ${fsync}, or accept that with COLLOQUY_REDIS_FSYNC=${kept}`,
        )
      }
      for (const fsync of taken) expect((await open(server.url, fsync)).error).toBeUndefined()
    },
  )

  it('[RC3] a user who may not see the settings is told that they were not looked up, and may go on', async () => {
    await server.command('ACL', 'SETUSER', 'narrow', 'on', '>word', '~*', '&*', '+@all', '-config')
    const { error, lines } = await open(server.url.replace('//', '//narrow:word@'))
    expect(error).toBeUndefined()
    expect(lines.join('')).toContain('could not be looked up')
  })

  it('[RC4] a wrong password is said in words; it is in no error, in no cause of it and in no log', async () => {
    await server.command('ACL', 'SETUSER', 'ann', 'on', '>right', '~*', '&*', '+@all')
    const { error, lines } = await open(server.url.replace('//', '//ann:hidden-word@'))
    expect(error?.message).toBe('Redis cannot be used: the user or the password in the URL is wrong.')
    expect(`${printed(error)} ${lines.join(' ')}`).not.toContain('hidden-word')
    expect(lines.length).toBeGreaterThan(0)
  })

  it('[RC5] what was sent to a store that refused it is in no error and in no log', async () => {
    const { nodes, lines } = await open(server.url)
    onTestFinished(async () => {
      await server.command('CONFIG', 'SET', 'maxmemory', '0')
    })
    await server.command('CONFIG', 'SET', 'maxmemory', '1mb')
    const event = { type: 'said', at: 1, cell: 'c' }
    const append = nodes?.journal.append('s', { expectedSeq: 0, events: [{ event, body: 'hidden-word' }] })
    const ask = nodes?.peers.ask('n', { type: 'board.roll', sessionId: 'hidden-word', doc: 'd' })
    const board = nodes?.peers.boards.shared('s', 'd').write(Buffer.from('hidden-word'), 'ann')
    const failed = await Promise.allSettled([append, ask, board])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    for (const each of failed) {
      expect(printed('reason' in each ? each.reason : each)).not.toContain('hidden-word')
    }
    expect(lines.join('')).not.toContain('hidden-word')
  })

  it.each([
    ['that asks', false],
    ['that listens to what is published', true],
  ])(
    '[RC6] a connection %s and has gone silent is given up, and another takes its place',
    async (_which, subscribed) => {
      const proxy = await FaultProxy.start(server.url.replace('redis', 'http'))
      onTestFinished(() => proxy.close())
      const log = { info() {}, warn() {}, error() {} }
      const far = await connectRedis({ url: proxy.url.replace('http', 'redis'), name: 'far', log })
      onTestFinished(() => far.disconnect())
      if (subscribed) await far.subscribe('channel')
      const wait = () => far.ping()
      await wait()
      const { accepted } = proxy
      proxy.silence()
      // Nobody has closed it.
      await expect(wait()).rejects.toThrow()
      await eventually(() => proxy.accepted > accepted)
      proxy.heal()
      await eventually(async () => (await wait()) !== undefined)
    },
  )
})
