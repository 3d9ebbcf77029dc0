import { ColloquyError } from '@colloquy/shared'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'

const MINUTE = 60_000

/** What the HTTP edge takes before it refuses; all of them clear errors, nothing lost. */
export interface HttpLimits {
  /** Requests of one person a minute; of one address where nobody is signed in. */
  requestsPerMinute: number
  /** New people that one address may become by invites in a minute. */
  guestsPerMinute: number
  /** Searches of one person a minute: each may read a good deal. */
  searchesPerMinute: number
  /** Bytes of one body: 64 KiB of prompt fit even when JSON escapes every character of it. */
  bodyBytes: number
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  requestsPerMinute: 1200,
  guestsPerMinute: 60,
  searchesPerMinute: 120,
  bodyBytes: 512 * 1024,
}

export async function registerRates(app: FastifyInstance, limits: HttpLimits): Promise<void> {
  await app.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: MINUTE,
    keyGenerator: whose,
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
    addHeaders: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
      'retry-after': true,
    },
    errorResponseBuilder: (_request, { ttl }) =>
      new ColloquyError('RATE_LIMITED', 'Too many requests; try again later.', { retryAfterMs: ttl }),
  })
}

/** The limit of a route that makes people out of strangers: its own count, and a stricter one for them. */
export function guestRate(limits: HttpLimits) {
  return {
    timeWindow: MINUTE,
    max: (request: FastifyRequest) => (request.person ? limits.requestsPerMinute : limits.guestsPerMinute),
  }
}

/** The limit of searching: its own count, so that who types fast can still act. */
export function searchRate(limits: HttpLimits) {
  return { timeWindow: MINUTE, max: limits.searchesPerMinute }
}

function whose(request: FastifyRequest): string {
  return request.person ? `person ${request.person.userId}` : `address ${request.ip}`
}
