import type { Limits } from '@colloquy/shared'
import { createLogger } from '../../server/http/logging.ts'
import { readSettings } from '../../server/settings.ts'
import { type Parts, type Server, startServer } from '../../server/start.ts'

export interface LaunchOptions extends Partial<Parts> {
  /** Tokens per second of the offline model; 0 is as fast as it can. */
  tps?: number
  limits?: Partial<Limits>
  /** 0: a free one. */
  port?: number
}

/** A real server in this process, quiet unless `LOG` names a level. */
export function launch(data: string, options: LaunchOptions): Promise<Server> {
  const { tps = 0, limits = {}, port = 0, ...parts } = options
  const settings = readSettings({
    argv: [`--port=${port}`, `--data=${data}`, '--seed=none'],
    env: { COLLOQUY_OFFLINE_TPS: String(tps) },
    file: JSON.stringify({ limits }),
  })
  const log = createLogger({ level: process.env.LOG ?? 'silent' })
  return startServer(settings, { log, httpLimits: { requestsPerMinute: 1_000_000 }, ...parts })
}
