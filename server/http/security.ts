import { API } from '@colloquy/shared'
import helmet from '@fastify/helmet'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isRead } from './contract.ts'
import { originRefused } from './credential.ts'
import type { OriginRule } from './origin.ts'

const PREFLIGHT_SECONDS = '600'

/** Headers on every answer, CORS for embedding sites, and no act from a foreign page. */
export async function registerSecurity(
  app: FastifyInstance,
  { origins, https }: { origins: OriginRule; https: boolean },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: policy(origins.embedOrigins, https) },
    // What else runs under this name is not ours to decide on.
    strictTransportSecurity: https && { includeSubDomains: false },
    // `frame-ancestors` says it for embedding sites; this header knows no list.
    xFrameOptions: origins.embedOrigins.length === 0 ? { action: 'deny' } : false,
    // Not `no-referrer`: browsers then send `Origin: null` with some of our own page's mutations.
    referrerPolicy: { policy: 'same-origin' },
  })
  const strangers = new Strangers()
  app.addHook('onRequest', async (request, reply) => {
    strangers.see(request, origins)
    if (request.url.startsWith(API)) reply.header('cache-control', 'no-store')
    return allowOrigin(request, reply, origins)
  })
}

/** Told of: more would let anybody fill the log. */
const MOST_STRANGERS = 20

/** Pages elsewhere that ask whether they may embed this server. Their browsers tell nobody why they may not. */
class Strangers {
  readonly #told = new Set<string>()

  see(request: FastifyRequest, origins: OriginRule): void {
    const { origin, host } = request.headers
    if (origin === undefined || !isPreflight(request) || origins.allows(origin, host)) return
    if (this.#told.has(origin) || this.#told.size >= MOST_STRANGERS) return
    this.#told.add(origin)
    request.log.warn(
      { origin: origin.slice(0, 200) },
      'a page elsewhere was refused: COLLOQUY_EMBED_ORIGINS does not name it',
    )
  }
}

function policy(embedOrigins: readonly string[], https: boolean): Record<string, string[] | null> {
  return {
    'default-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': embedOrigins.length === 0 ? ["'none'"] : [...embedOrigins],
    ...(https ? { 'upgrade-insecure-requests': [] } : {}),
  }
}

/** @throws ColloquyError `ORIGIN_REFUSED` for a mutation from a page that has no business here. */
function allowOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  origins: OriginRule,
): FastifyReply | undefined {
  if (origins.embedOrigins.length > 0) reply.header('vary', 'Origin')
  const { origin } = request.headers
  if (origin === undefined) return undefined
  if (origins.embeds(origin)) {
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-expose-headers', 'retry-after')
    if (isPreflight(request)) return answerPreflight(reply)
  }
  if (isRead(request) || origins.allows(origin, request.headers.host)) return undefined
  throw originRefused()
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
}

function answerPreflight(reply: FastifyReply): FastifyReply {
  return reply
    .code(204)
    .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
    .header('access-control-allow-headers', 'authorization, content-type')
    .header('access-control-max-age', PREFLIGHT_SECONDS)
    .send()
}
