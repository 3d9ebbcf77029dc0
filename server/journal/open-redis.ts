import type { Log } from '../log.ts'
import { connectRedis } from '../redis/connection.ts'
import { whyRedis } from '../redis/errors.ts'
import { loadScripts } from '../redis/script.ts'
import { type Journal, JournalError } from './journal.ts'
import { RedisJournal, type RedisJournalOptions } from './redis-journal.ts'
import { SCRIPTS } from './redis-scripts.ts'

export interface OpenRedisOptions extends Omit<RedisJournalOptions, 'redis'> {
  url: string
  log: Log
}

/** Opens the journal in Redis. @throws JournalError `UNAVAILABLE` when it cannot be reached or used. */
export async function openRedisJournal({ url, log, ...options }: OpenRedisOptions): Promise<Journal> {
  const ready = (redis: Parameters<typeof loadScripts>[0]) => loadScripts(redis, SCRIPTS)
  try {
    return new RedisJournal({ ...options, redis: await connectRedis({ url, name: 'journal', log, ready }) })
  } catch (error) {
    throw new JournalError('UNAVAILABLE', `Redis cannot be used: ${whyRedis(error)}.`, error)
  }
}
