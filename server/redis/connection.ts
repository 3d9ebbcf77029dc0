import { Redis, type RedisOptions } from 'ioredis'
import type { Log } from '../log.ts'
import { whyRedis, withoutCommand } from './errors.ts'

/** A command that got no answer for this long, in ms, has failed: whether it was carried out is not known. */
const ANSWER_MS = 5_000
const CONNECT_MS = 5_000
/** Waits between attempts to connect again, in ms: the last one repeats. */
const RECONNECT_MS = [50, 100, 250, 500, 1000]

/**
 * What every connection has in common. Nothing is queued while there is no connection and nothing is sent twice: a
 * write whose answer was lost may have been carried out, and only its caller knows what that means.
 */
const OPTIONS = {
  // What XREAD answers has one shape only under it.
  protocol: 2,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  connectTimeout: CONNECT_MS,
  // One that has gone silent is given up: without that it would be noticed after many minutes, if ever.
  commandTimeout: ANSWER_MS,
  socketTimeout: ANSWER_MS,
  lazyConnect: true,
  retryStrategy: (times: number) => RECONNECT_MS[Math.min(times, RECONNECT_MS.length) - 1] ?? 1000,
  // A primary that became a replica refuses writes: who leads now is found by connecting anew.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions

export interface ConnectionOptions {
  /** `redis://` or, for TLS, `rediss://`. */
  url: string
  /** What the connection is for: its name in the store's own lists, and in the log. */
  name: string
  log: Log
  /** Called each time it is connected, before anything else is sent. */
  ready?: (redis: Redis) => void
}

/** Opens a connection that comes back by itself. @throws whatever kept the first attempt from being one */
export async function connectRedis({ url, name, log, ready }: ConnectionOptions): Promise<Redis> {
  const redis = new Redis(url, {
    ...OPTIONS,
    connectionName: `colloquy-${name}`,
  })
  let said: string | null = null
  redis.on('ready', () => {
    if (said !== null) log.info({ connection: name }, 'Redis answers again')
    said = null
    ready?.(redis)
  })
  let first: Error | null = null
  redis.on('error', (error: Error) => {
    first ??= withoutCommand(error)
    const why = whyRedis(error)
    // Once for each reason: it is tried again many times a second.
    if (said !== why) log.error({ connection: name, err: error }, `Redis does not answer: ${why}`)
    said = why
  })
  try {
    await redis.connect()
    // ioredis goes on in database 0 where the one in the URL may not be chosen.
    if (first) throw first
    return redis
  } catch (error) {
    redis.disconnect()
    throw first ?? withoutCommand(error)
  }
}
