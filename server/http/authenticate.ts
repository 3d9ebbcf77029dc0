import { ColloquyError } from '@colloquy/shared'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Identity } from '../access/identity.ts'
import type { People } from '../access/people.ts'
import type { Principal } from '../access/principal.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking; null when nobody proved it (yet). */
    person: Principal | null
    /** Why there is no person. */
    refusal: ColloquyError | null
  }
  interface FastifyContextConfig {
    /** True for a route that also serves a caller without any credential. */
    guests?: boolean
  }
}

/**
 * Proves who is asking before the rate limit counts (so that it counts the person), and refuses after it (so
 * that it counts guesses too), before the body is read.
 */
export function registerIdentity(
  app: FastifyInstance,
  { identity, people }: { identity: Identity; people: People },
): void {
  app.addHook('onRequest', async (request) => {
    try {
      request.person = await identity.identify(request.headers.authorization)
    } catch (error) {
      if (!(error instanceof ColloquyError)) throw error
      request.refusal = error
    }
  })
  app.addHook('preParsing', async (request) => {
    const { person } = request
    if (person) await people.seen(person)
    else if (!isGuest(request)) throw request.refusal
  })
}

/** The person who asks, on a route that serves nobody else. */
export function actor(request: FastifyRequest): Principal {
  if (!request.person) throw new ColloquyError('UNAUTHENTICATED', 'A valid credential is needed.')
  return request.person
}

/** A credential that does not hold is refused even where none is needed: its owner believes to be somebody. */
function isGuest(request: FastifyRequest): boolean {
  return request.routeOptions.config.guests === true && request.headers.authorization === undefined
}
