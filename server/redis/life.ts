import type { Redis } from 'ioredis'

/**
 * Names the history that this Redis goes on with. It is another one when Redis was started anew, and when a replica took
 * over: what was acknowledged may be missing then, and the same positions may come to hold something else.
 */
export async function lifeOf(redis: Redis): Promise<string> {
  return /master_replid:(\w+)/.exec(await redis.info('replication'))?.[1] ?? ''
}
