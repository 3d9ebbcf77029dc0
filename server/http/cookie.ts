import { ColloquyError } from '@colloquy/shared'
import { okAnswer } from '@colloquy/shared/answers'
import type { Identity } from '../access/identity.ts'
import type { Clock } from '../clock.ts'
import { actor, unauthenticated } from './authenticate.ts'
import { type Api, answers, noBody, noQuery, SIGNED_IN } from './contract.ts'
import { credentialOf, isOwnPage, originRefused } from './credential.ts'
import type { OriginRule } from './origin.ts'
import { dropCookie, setCookie } from './own-cookie.ts'

export interface CookieParts {
  identity: Identity
  origins: OriginRule
  clock: Clock
}

const tags = ['identity']
/** The longest that a cookie signs somebody in. */
const COOKIE_MS = 30 * 86_400_000
/** Browsers drop a cookie over 4096 bytes, name and attributes included, without a word. */
const TOKEN_LENGTH = 3_800

/**
 * Staying signed in on this server's own pages. No `commandId` in either: nothing is journaled, and doing it twice
 * is doing it once.
 */
export function cookieRoutes(app: Api, parts: CookieParts): void {
  setRoute(app, parts)
  dropRoute(app, parts)
}

function setRoute(app: Api, { identity, origins, clock }: CookieParts): void {
  app.post(
    '/cookie',
    {
      schema: {
        tags,
        operationId: 'setCookie',
        summary: "Keep the caller signed in on this server's pages, at most as long as their token holds",
        security: [{ bearer: [] }],
        querystring: noQuery,
        body: noBody,
        response: answers(200, okAnswer.describe('The cookie is set'), SIGNED_IN, [
          'ORIGIN_REFUSED',
          'TOO_LARGE',
          'MEDIA_TYPE',
        ]),
      },
    },
    async (request, reply) => {
      const who = actor(request)
      // A cookie makes no cookie: it would never end.
      if (credentialOf(request).by !== 'header') throw unauthenticated()
      // Another site, embedding ones too, may not choose who this browser is here.
      if (!isOwnPage(request, origins)) throw originRefused()
      const seconds = Math.floor(Math.min(COOKIE_MS, who.expiresAt - clock.now()) / 1000)
      // The clocks of issuers get some leeway, a cookie that has ended already is none.
      if (seconds <= 0) throw unauthenticated()
      const token = await identity.issueToken(who, seconds * 1000)
      if (token.length > TOKEN_LENGTH) {
        throw new ColloquyError('TOO_LARGE', 'The token names too many groups for a cookie.')
      }
      setCookie(reply, token, seconds)
      return { ok: true as const }
    },
  )
}

function dropRoute(app: Api, { origins }: CookieParts): void {
  app.delete(
    '/cookie',
    {
      config: { lapsed: true },
      schema: {
        tags,
        operationId: 'dropCookie',
        summary: "Sign out of this server's pages; a cookie that holds no more is taken away too",
        security: [{}, { cookie: [] }],
        querystring: noQuery,
        response: answers(200, okAnswer.describe('There is no cookie any more'), [
          'ORIGIN_REFUSED',
          'IDENTITY_CHANGED',
          'IDENTITY_UNAVAILABLE',
        ]),
      },
    },
    async (request, reply) => {
      if (!isOwnPage(request, origins)) throw originRefused()
      dropCookie(reply)
      return { ok: true as const }
    },
  )
}
