import { createHash, randomBytes } from 'node:crypto'
import { ColloquyError } from '@colloquy/shared'
import type { Redis } from 'ioredis'
import type { Principal } from '../access/principal.ts'
import { MAX_PER_PERSON, TICKET_MS, type Tickets } from '../access/tickets.ts'
import type { Clock } from '../clock.ts'
import { withoutCommand } from '../redis/errors.ts'

interface Issued {
  principal: Principal
  sessionId: string
  origin?: string | undefined
  expiresAt: number
}

/** Tickets that are good at every process which shares the store, and open a doc at one of them once. */
export function redisTickets(redis: Redis, clock: Clock): Tickets {
  /** The oldest lapse when a person has too many. */
  async function keep(key: string, userId: string, expiresAt: number): Promise<void> {
    const all = `colloquy:tickets:{${hash(userId)}}`
    await stored(redis.zadd(all, expiresAt, key))
    await stored(redis.pexpire(all, TICKET_MS))
    const oldest = await stored(redis.zrange(all, 0, String(-1 - MAX_PER_PERSON)))
    if (oldest.length === 0) return
    await stored(redis.zrem(all, ...oldest))
    for (const one of oldest) await stored(redis.del(one))
  }

  return {
    async issue(principal, sessionId, origin) {
      const ticket = randomBytes(32).toString('base64url')
      const expiresAt = clock.now() + TICKET_MS
      const issued: Issued = { principal, sessionId, origin, expiresAt }
      const key = ticketKey(ticket)
      await stored(redis.set(key, JSON.stringify(issued), 'PX', TICKET_MS))
      await keep(key, principal.userId, expiresAt)
      return { ticket, expiresAt }
    },

    async redeem(ticket, sessionId, doc, origin) {
      const key = ticketKey(ticket)
      const found = await stored(redis.get(key))
      if (found === null) return null
      const issued = JSON.parse(found) as Issued
      const now = clock.now()
      if (issued.expiresAt <= now || issued.principal.expiresAt <= now) return null
      if (issued.sessionId !== sessionId || issued.origin !== origin) return null
      const first = await stored(redis.set(`${key}:${hash(doc)}`, '', 'PX', TICKET_MS, 'NX'))
      return first === 'OK' ? issued.principal : null
    },
  }
}

async function stored<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent
  } catch (error) {
    const cause = withoutCommand(error)
    throw new ColloquyError('STORE_UNAVAILABLE', 'The store does not answer; try again.', undefined, cause)
  }
}

/** By hash: what the store holds opens nothing. */
function ticketKey(ticket: string): string {
  return `colloquy:ticket:{${hash(ticket)}}`
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
