import type { RequestListener, Server } from 'node:http'
import { API, ColloquyError } from '@colloquy/shared'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Grants } from '../access/grants.ts'
import type { Identity } from '../access/identity.ts'
import type { Invites } from '../access/invites.ts'
import type { People } from '../access/people.ts'
import type { Resources } from '../access/resources.ts'
import type { Workspace } from '../access/workspace.ts'
import { type Clock, randomId } from '../clock.ts'
import type { SessionsApi } from '../session/api.ts'
import type { Tool } from '../tools/tool.ts'
import { registerIdentity } from './authenticate.ts'
import type { Api } from './contract.ts'
import { cookieRoutes } from './cookie.ts'
import { answerBrokenRequest, answerError, malformed, registerErrors } from './errors.ts'
import { grantRoutes } from './grants.ts'
import { healthRoutes } from './health.ts'
import { inviteRoutes } from './invites.ts'
import { laneRoutes } from './lanes.ts'
import { RequestLog } from './logging.ts'
import { memberRoutes } from './members.ts'
import { registerOpenApi } from './openapi.ts'
import { createOriginRule, type OriginRule } from './origin.ts'
import { registerCookie } from './own-cookie.ts'
import { type PageFiles, registerPages } from './pages.ts'
import { promptRoutes } from './prompts.ts'
import { DEFAULT_HTTP_LIMITS, type HttpLimits, registerRates } from './rates.ts'
import { resourceRoutes } from './resources.ts'
import { searchRoutes } from './search.ts'
import { registerSecurity } from './security.ts'
import { sessionRoutes } from './sessions.ts'
import { type TicketIssuer, ticketRoutes } from './tickets.ts'
import { turnRoutes } from './turns.ts'
import { workspaceRoutes } from './workspace.ts'

export interface AppOptions extends PageFiles {
  sessions: SessionsApi
  identity: Identity
  people: People
  workspace: Workspace
  resources: Resources
  grants: Grants
  /** What a prompt may name; the first is the default. */
  models: readonly string[]
  /** All that the server has; the workspace says which of them turns offer. */
  tools: () => readonly Tool[]
  invites: Invites
  tickets: TicketIssuer
  /** Where people reach this server; without it, invites name the host that the request asked. */
  publicUrl?: string | undefined
  /** Sites that may embed Colloquy and call it from their pages. */
  embedOrigins?: readonly string[] | undefined
  /** How many proxies in front, past which nobody gets, tell by `X-Forwarded-For` who asks. */
  trustProxy?: number | undefined
  limits?: Partial<HttpLimits> | undefined
  clock: Clock
  logger: FastifyBaseLogger
  /** Answers its requests; without it, a server of its own. The sync gateway needs the same one. */
  server?: Server | undefined
  /**
   * Resolves while what this process knows of people and policy is not old: otherwise it answers nobody.
   * @throws ColloquyError `STORE_UNAVAILABLE`
   */
  current?: (() => Promise<void>) | undefined
  /** False while the process must not get new work. */
  ready: () => boolean
}

/** Longest path parameter that reaches a route, so that a longer id is refused by its shape and not as a route. */
const PARAM_LENGTH = 1024
/**
 * A request that is not here whole by then is given up. A connection is kept longer than proxies keep theirs, usually
 * for a minute: none then sends a request into a connection that is just being closed.
 */
const TIMEOUTS = { requestTimeout: 60_000, keepAliveTimeout: 72_000 }

/** The HTTP edge: every route of DESIGN §10, not yet listening. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const limits: HttpLimits = { ...DEFAULT_HTTP_LIMITS, ...options.limits }
  const app = emptyApp(options, limits)
  refuseWhileClosing(app)
  const https = options.publicUrl?.startsWith('https://') ?? false
  const origins = createOriginRule(options)
  await registerSecurity(app, { origins, https })
  await registerCookie(app, https)
  await registerRates(app, limits)
  await registerOpenApi(app)
  registerErrors(app)
  healthRoutes(app.withTypeProvider<ZodTypeProvider>(), options.ready)
  await registerPages(app, options, origins.embedOrigins)
  await app.register((scope) => apiRoutes(scope, options, { limits, origins }), { prefix: API })
  return app
}

function emptyApp({ logger, server, trustProxy = 0 }: AppOptions, limits: HttpLimits): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
    ...TIMEOUTS,
    ...(server ? { serverFactory: (handler: RequestListener) => handledBy(server, handler) } : {}),
    logController: new RequestLog(),
    genReqId: () => randomId('req'),
    // Fastify takes a number for none: that nobody gets past the proxies is the operator's word.
    trustProxy: trustProxy > 0 && ((_address: string, hop: number) => hop < trustProxy),
    bodyLimit: limits.bodyBytes,
    return503OnClosing: false,
    routerOptions: { maxParamLength: PARAM_LENGTH },
    frameworkErrors: answerError,
    clientErrorHandler: answerBrokenRequest,
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.removeContentTypeParser('text/plain')
  app.decorateRequest('person', null)
  app.decorateRequest('refusal', null)
  return app
}

/** Fastify sets its timeouts only on a server that it makes itself. */
function handledBy(server: Server, handler: RequestListener): Server {
  return Object.assign(server, TIMEOUTS).on('request', handler)
}

/** In place of fastify's own refusal, which does not have the shape that clients know. */
function refuseWhileClosing(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  // Whoever asks again on a connection that stays open would keep the server from ending.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
  app.addHook('onRequest', async () => {
    if (closing) throw new ColloquyError('DRAINING', 'This process takes no work now.')
  })
}

/** Asked ahead of all that depends on who somebody is and what they may, and again once the answer is there. */
function refuseWhileOld(scope: FastifyInstance, { current }: AppOptions): void {
  if (!current) return
  scope.addHook('onRequest', () => current())
  scope.addHook('preSerialization', async (_request, reply, payload) => {
    if (reply.statusCode < 400) await current()
    return payload
  })
}

async function apiRoutes(
  scope: FastifyInstance,
  options: AppOptions,
  { limits, origins }: { limits: HttpLimits; origins: OriginRule },
): Promise<void> {
  const { sessions, identity, people, invites, tickets, clock, publicUrl } = options
  refuseWhileOld(scope, options)
  registerIdentity(scope, { identity, people, origins })
  refuseBrokenText(scope)
  const api: Api = scope.withTypeProvider<ZodTypeProvider>()
  sessionRoutes(api, sessions)
  promptRoutes(api, sessions)
  turnRoutes(api, sessions)
  laneRoutes(api, sessions)
  searchRoutes(api, sessions, limits)
  memberRoutes(api, sessions, people)
  inviteRoutes(api, { sessions, identity, people, invites, clock, publicUrl, limits })
  ticketRoutes(api, sessions, tickets)
  workspaceRoutes(api, options)
  grantRoutes(api, options)
  await resourceRoutes(scope, options)
  cookieRoutes(api, { identity, origins, clock })
}

/**
 * Half a surrogate pair cannot be written as UTF-8: the journal would keep another text than the doc shows.
 * Bodies are flat: their own fields, and lists of strings in them, are all there is.
 */
function refuseBrokenText(scope: FastifyInstance): void {
  scope.addHook('preValidation', async ({ body }) => {
    for (const [field, value] of Object.entries(body ?? {})) {
      const texts: unknown[] = Array.isArray(value) ? value : [value]
      if (texts.some((text) => typeof text === 'string' && !text.isWellFormed())) {
        throw malformed([{ path: `body/${field}`.slice(0, 200), message: 'holds half a surrogate pair' }])
      }
    }
  })
}
