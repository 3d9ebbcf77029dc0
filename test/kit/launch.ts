import type { Limits } from '@colloquy/shared'
import { createLogger } from '../../server/http/logging.ts'
import { readSettings } from '../../server/settings.ts'
import { type Parts, type Server, startServer } from '../../server/start.ts'
import { launchNodes, ON_REDIS, storeOf } from './nodes.ts'

export interface LaunchOptions extends Partial<Parts> {
  /** Tokens per second of the offline model; 0 is as fast as it can. */
  tps?: number
  limits?: Partial<Limits>
  /** 0: a free one. */
  port?: number
}

/**
 * A real server in this process, quiet unless `LOG` names a level; three of them behind a proxy where the suite runs on
 * Redis.
 */
export async function launch(data: string, options: LaunchOptions): Promise<Server> {
  if (!ON_REDIS) return launchOne(data, options)
  const store = await storeOf(data)
  return launchNodes(options.port ?? 0, () => launchOne(data, { ...options, port: 0 }, store))
}

function launchOne(data: string, options: LaunchOptions, redisUrl?: string): Promise<Server> {
  const { tps = 0, limits = {}, port = 0, ...parts } = options
  const settings = readSettings({
    argv: [`--port=${port}`, `--data=${data}`, '--seed=none'],
    env: { COLLOQUY_OFFLINE_TPS: String(tps), ...(redisUrl ? { COLLOQUY_REDIS_URL: redisUrl } : {}) },
    file: JSON.stringify({ limits }),
  })
  const log = createLogger({ level: process.env.LOG ?? 'silent' })
  return startServer(settings, { log, httpLimits: { requestsPerMinute: 1_000_000 }, ...parts })
}
