import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below what a system gives to who asks for any port: nobody takes one of these while its server is down. */
const FIRST = 11_000
const LAST = 32_000
/** Workers of one run; each has ports of its own. */
const WORKERS = 64

const worker = Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS
const each = Math.floor((LAST - FIRST) / WORKERS)
let given = process.pid % each

/** A port that is free, and that stays its server's through all restarts of it. */
export async function keptPort(): Promise<number> {
  for (;;) {
    given = (given + 1) % each
    const port = FIRST + worker * each + given
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  const free = await once(probe, 'listening').then(
    () => true,
    () => false,
  )
  if (!free) return false
  probe.close()
  await once(probe, 'close')
  return true
}
