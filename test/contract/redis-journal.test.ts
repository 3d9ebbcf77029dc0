import { afterAll, beforeAll } from 'vitest'
import { openRedisJournal } from '../../server/journal/open-redis.ts'
import { eventually } from '../kit/eventually.ts'
import { hasRedis, RedisServer } from '../kit/redis.ts'
import { journalContract } from './journal.ts'

const log = { info() {}, warn() {}, error() {} }

/** The contract on a Redis with these settings; each rule finds it empty. */
function onRedis(name: string, settings: Record<string, string>): void {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.run(settings)
    if (!settings['cluster-enabled']) return
    await server.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
    await eventually(async () => String(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok'))
  })
  afterAll(() => server.remove())

  journalContract(name, async () => {
    await server.command('FLUSHALL')
    const open = () => openRedisJournal({ url: server.url, owner: 'n1', leaseMs: 6_000, replicas: 0, log })
    let current = await open()
    return {
      journal: current,
      async reopen() {
        await current.close()
        current = await open()
        return current
      },
      stop: () => current.close(),
    }
  })
}

if (hasRedis()) {
  onRedis('Redis journal', {})
  onRedis('Redis journal in a cluster', { 'cluster-enabled': 'yes' })
}
