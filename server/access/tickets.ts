import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Principal } from './principal.ts'

/** How long a ticket opens connections. */
export const TICKET_MS = 60_000
/** Outstanding tickets of one person; the oldest lapses when there are more. */
export const MAX_PER_PERSON = 200

/** Short-lived proofs for WebSockets, which cannot carry an Authorization header from a browser. */
export interface Tickets {
  /** `origin`: the Origin header of the request that asks for it, if any. */
  issue(principal: Principal, sessionId: string, origin: string | undefined): Ticket | Promise<Ticket>
  /** Who holds it; null unless it is good for this session and Origin and has not yet opened this doc. */
  redeem(
    ticket: string,
    sessionId: string,
    doc: string,
    origin: string | undefined,
  ): Redeemed | Promise<Redeemed>
}

export interface Ticket {
  ticket: string
  /** ms since 1970. */
  expiresAt: number
}

/** Who holds the ticket, or null. */
type Redeemed = Principal | null

interface Issued {
  principal: Principal
  sessionId: string
  origin: string | undefined
  expiresAt: number
  opened: Set<string>
}

/** Kept in memory: after a restart clients ask for new ones. */
export function createTickets({ clock }: { clock: Clock }) {
  // By hash: how long a lookup takes then tells nothing about the ticket. In order of issue, and so of expiry.
  const issued = new Map<string, Issued>()
  const byPerson = new Map<string, Set<string>>()

  const drop = (key: string) => {
    const userId = issued.get(key)?.principal.userId
    issued.delete(key)
    if (userId === undefined) return
    const keys = byPerson.get(userId)
    keys?.delete(key)
    if (keys?.size === 0) byPerson.delete(userId)
  }

  const sweep = () => {
    const now = clock.now()
    for (const [key, { expiresAt }] of issued) {
      if (expiresAt > now) return
      drop(key)
    }
  }

  const keep = (key: string, entry: Issued) => {
    const keys = byPerson.get(entry.principal.userId) ?? new Set()
    const [oldest] = keys
    if (keys.size >= MAX_PER_PERSON && oldest !== undefined) drop(oldest)
    issued.set(key, entry)
    byPerson.set(entry.principal.userId, keys.add(key))
  }

  return {
    issue(principal: Principal, sessionId: string, origin: string | undefined): Ticket {
      sweep()
      const ticket = randomBytes(32).toString('base64url')
      const expiresAt = clock.now() + TICKET_MS
      keep(hash(ticket), { principal, sessionId, origin, expiresAt, opened: new Set() })
      return { ticket, expiresAt }
    },

    redeem(ticket: string, sessionId: string, doc: string, origin: string | undefined): Redeemed {
      const entry = issued.get(hash(ticket))
      const now = clock.now()
      if (!entry || entry.expiresAt <= now || entry.principal.expiresAt <= now) return null
      if (entry.sessionId !== sessionId || entry.origin !== origin || entry.opened.has(doc)) return null
      entry.opened.add(doc)
      return entry.principal
    },
  } satisfies Tickets
}

function hash(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64')
}
