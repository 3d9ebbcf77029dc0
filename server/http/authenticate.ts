import { ColloquyError } from '@colloquy/shared'
import { MEANT_FOR } from '@colloquy/shared/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Identity } from '../access/identity.ts'
import type { People } from '../access/people.ts'
import type { Principal } from '../access/principal.ts'
import { checkCookieOrigin, credentialOf } from './credential.ts'
import type { OriginRule } from './origin.ts'
import { dropCookie } from './own-cookie.ts'

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
    /** True for a route that also serves a caller whose credential does not hold (any more). */
    lapsed?: boolean
  }
}

interface IdentityParts {
  identity: Identity
  people: People
  origins: OriginRule
}

/**
 * Proves who is asking before the rate limit counts (so that it counts the person), and refuses after it (so
 * that it counts guesses too), before the body is read.
 */
export function registerIdentity(app: FastifyInstance, { identity, people, origins }: IdentityParts): void {
  app.addHook('onRequest', async (request) => {
    try {
      const credential = credentialOf(request)
      if (credential.by === 'nothing') throw unauthenticated()
      if (credential.by === 'cookie') checkCookieOrigin(request, origins)
      const person = await identity.identify(credential.authorization)
      if (credential.by === 'cookie') checkMeantFor(request, person)
      request.person = person
    } catch (error) {
      if (!(error instanceof ColloquyError)) throw error
      request.refusal = error
    }
  })
  app.addHook('preParsing', async (request, reply) => {
    const { person, refusal } = request
    if (person) {
      request.person = await people.seen(person)
      return
    }
    if (mayBeNobody(request)) return
    // A cookie that lapsed would stand in its owner's way on every route, and only an answer can take it away.
    if (credentialOf(request).by === 'cookie' && refusal?.code === 'UNAUTHENTICATED') dropCookie(reply)
    throw refusal
  })
}

/** The person who asks, on a route that serves nobody else. */
export function actor(request: FastifyRequest): Principal {
  if (!request.person) throw unauthenticated()
  return request.person
}

export function unauthenticated(): ColloquyError {
  return new ColloquyError('UNAUTHENTICATED', 'A valid credential is needed.')
}

/** Another tab may have signed in somebody else since the page that asks was opened. */
function checkMeantFor(request: FastifyRequest, person: Principal): void {
  const meant = request.headers[MEANT_FOR]
  if (meant === undefined || meant === encodeURIComponent(person.userId)) return
  throw new ColloquyError('IDENTITY_CHANGED', 'This browser is now signed in as another person.')
}

/** A credential that does not hold is refused even where none is needed: its owner believes to be somebody. */
function mayBeNobody(request: FastifyRequest): boolean {
  const { guests, lapsed } = request.routeOptions.config
  if (lapsed === true) return request.refusal?.code === 'UNAUTHENTICATED'
  return guests === true && credentialOf(request).by === 'nothing'
}
