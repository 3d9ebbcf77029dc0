import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { type DestinationStream, type Logger, pino } from 'pino'

/** Fields that would carry a credential or somebody's words, wherever an object with them is logged. */
const PRIVATE = [
  ...['authorization', 'cookie', 'cookies', 'set-cookie', 'token', 'ticket'],
  ...['headers', 'body', 'query', 'text', 'systemText'],
  // What was sent to a store that refused it.
  'command',
]

/** The server's log: JSON lines, with what could hold a secret or somebody's words taken out. */
export function createLogger(options: { level?: string; destination?: DestinationStream } = {}): Logger {
  const { level = 'info', destination } = options
  const settings = {
    level,
    redact: { paths: PRIVATE.flatMap((field) => [`["${field}"]`, `*["${field}"]`]), remove: true },
    serializers: { req: requestLine },
  }
  return destination ? pino(settings, destination) : pino(settings)
}

/**
 * One line for each request, after it was answered. It names the route and not the path: paths hold invite
 * codes, queries hold tickets.
 */
export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const line = {
      method: request.method,
      route: routeOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    }
    if (error) request.log.warn({ ...line, err: error }, 'answer cut')
    else request.log.info(line, 'answered')
  }
}

function routeOf(request: FastifyRequest): string | null {
  return request.routeOptions.url ?? null
}

/** In place of fastify's own rendering of a request, which holds its URL. */
function requestLine(request: { method?: unknown; routeOptions?: { url?: string } }): object {
  return { method: request.method, route: request.routeOptions?.url ?? null }
}
