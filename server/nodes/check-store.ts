import type { Redis } from 'ioredis'
import { JournalError } from '../journal/journal.ts'
import type { Log } from '../log.ts'
import { whyRedis } from '../redis/errors.ts'

/** How soon what is acknowledged is on the disk of the Redis that leads; from the safest on. */
export const FSYNC = ['always', 'everysec', 'no'] as const
export type Fsync = (typeof FSYNC)[number]

/** Scripts write what they have worked out, not themselves, from there on. */
const LEAST_VERSION = 7

/**
 * Looks whether the store keeps what it is given.
 * @throws JournalError `UNAVAILABLE` when it would drop it, or keep it less well than was asked for
 */
export async function checkStore(redis: Redis, wanted: Fsync, log: Log): Promise<void> {
  const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '0'
  if (Number.parseInt(version, 10) < LEAST_VERSION) {
    throw refusal(`it is version ${version}, and ${LEAST_VERSION} is the oldest that will do`)
  }
  // Servers follow many sessions with one command, which the nodes of a cluster refuse.
  if (/cluster_enabled:1/.test(await redis.info('cluster'))) {
    throw refusal('it runs in cluster mode: name one that does not')
  }
  const settings = await settingsOf(redis, log)
  if (!settings) return
  const policy = settings.get('maxmemory-policy')
  if (policy !== 'noeviction') {
    throw refusal(`it drops what it holds when memory runs out (maxmemory-policy ${policy}): set noeviction`)
  }
  const appends = settings.get('appendonly') === 'yes'
  const kept = appends ? (settings.get('appendfsync') as Fsync) : 'no'
  if (FSYNC.indexOf(kept) <= FSYNC.indexOf(wanted)) return
  throw refusal(
    `it may lose what it has acknowledged (appendonly ${settings.get('appendonly')}, appendfsync ${settings.get('appendfsync')}): ` +
      `set appendonly yes and appendfsync ${wanted}, or accept that with COLLOQUY_REDIS_FSYNC=${kept}`,
  )
}

/** null where whoever runs the store does not show them. */
async function settingsOf(redis: Redis, log: Log): Promise<Map<string, string> | null> {
  try {
    const pairs = (await redis.config('GET', 'maxmemory-policy', 'appendonly', 'appendfsync')) as string[]
    return new Map(
      pairs.flatMap((name, n): [string, string][] => (n % 2 ? [] : [[name, pairs[n + 1] ?? '']])),
    )
  } catch (error) {
    log.warn({}, `whether Redis keeps what it acknowledges could not be looked up: ${whyRedis(error)}`)
    return null
  }
}

function refusal(why: string): JournalError {
  return new JournalError('UNAVAILABLE', `Redis cannot be used: ${why}.`)
}
