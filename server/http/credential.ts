import { ColloquyError } from '@colloquy/shared'
import type { FastifyRequest } from 'fastify'
import { isRead } from './contract.ts'
import type { OriginRule } from './origin.ts'
import { cookieOf } from './own-cookie.ts'

/** What a request proves its sender with; a header wins, because somebody put it there for this request. */
export type Credential = { by: 'header' | 'cookie'; authorization: string } | { by: 'nothing' }

export function credentialOf(request: FastifyRequest): Credential {
  const { authorization } = request.headers
  if (authorization !== undefined) return { by: 'header', authorization }
  const cookie = cookieOf(request)
  if (cookie === undefined || isForeignRead(request)) return { by: 'nothing' }
  return { by: 'cookie', authorization: `Bearer ${cookie}` }
}

/**
 * Browsers send the cookie whichever page asks, so a mutation by it has to name a page of ours. Embedding sites do
 * not count: they hold tokens of their own, and may not act as whoever happens to be signed in here.
 * @throws ColloquyError `ORIGIN_REFUSED`
 */
export function checkCookieOrigin(request: FastifyRequest, origins: OriginRule): void {
  const { origin } = request.headers
  if (isRead(request) || (origin !== undefined && isOwnPage(request, origins))) return
  throw originRefused()
}

/** True unless a page that is not ours asks; what is no page, such as a script, has no Origin. */
export function isOwnPage(request: FastifyRequest, origins: OriginRule): boolean {
  const { origin, host } = request.headers
  return origin === undefined || origins.owns(origin, host)
}

export function originRefused(): ColloquyError {
  return new ColloquyError('ORIGIN_REFUSED', 'This page may not act here.')
}

/** A read that another site caused: SameSite=Lax lets a followed link carry the cookie. */
function isForeignRead(request: FastifyRequest): boolean {
  return isRead(request) && request.headers['sec-fetch-site'] === 'cross-site'
}
