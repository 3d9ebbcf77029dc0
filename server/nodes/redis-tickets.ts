import { createHash, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Principal } from '../access/principal.ts'
import { TICKET_MS, type Tickets } from '../access/tickets.ts'
import type { Clock } from '../clock.ts'

interface Issued {
  principal: Principal
  sessionId: string
  origin?: string | undefined
  expiresAt: number
}

/** Tickets that are good at every process which shares the store, and open a doc at one of them once. */
export function redisTickets(redis: Redis, clock: Clock): Tickets {
  return {
    async issue(principal, sessionId, origin) {
      const ticket = randomBytes(32).toString('base64url')
      const expiresAt = clock.now() + TICKET_MS
      const issued: Issued = { principal, sessionId, origin, expiresAt }
      await redis.set(ticketKey(ticket), JSON.stringify(issued), 'PX', TICKET_MS)
      return { ticket, expiresAt }
    },

    async redeem(ticket, sessionId, doc, origin) {
      const key = ticketKey(ticket)
      const stored = await redis.get(key)
      if (stored === null) return null
      const issued = JSON.parse(stored) as Issued
      const now = clock.now()
      if (issued.expiresAt <= now || issued.principal.expiresAt <= now) return null
      if (issued.sessionId !== sessionId || issued.origin !== origin) return null
      const first = await redis.set(`${key}:${hash(doc)}`, '', 'PX', TICKET_MS, 'NX')
      return first === 'OK' ? issued.principal : null
    },
  }
}

/** By hash: what the store holds opens nothing. */
function ticketKey(ticket: string): string {
  return `colloquy:ticket:{${hash(ticket)}}`
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
