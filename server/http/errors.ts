import type { Socket } from 'node:net'
import { ColloquyError, type ErrorBody } from '@colloquy/shared'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'

// The one place where what went wrong becomes an answer (DESIGN §10: `{ error: { code, message, details? } }`).

/** Issues of a malformed request that the answer lists. */
const MOST_ISSUES = 20
const MESSAGE_LENGTH = 200

/** Where a request is malformed and how; never what it held. */
export interface Issue {
  path: string
  message: string
}

export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError)
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, () => {
    throw notFound()
  })
}

/** Answers with the error's code and status; what is not a client's doing is logged with the request's id. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error, request.id)
  if (refusal.status >= 500) logFailure(refusal, error, request)
  // Fastify would close the connection under a client that is still sending: it would be cut off, and not learn why.
  if (refusal.code === 'TOO_LARGE') reply.removeHeader('connection')
  if (refusal.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer')
  return reply.code(refusal.status).send({ error: bodyOf(refusal) })
}

/** Every error as one of the codes that clients know. */
export function refusalOf(error: unknown, requestId: string): ColloquyError {
  // One text for all, so that a stranger cannot tell what exists from what does not.
  if (error instanceof ColloquyError) return error.code === 'NOT_FOUND' ? notFound() : error
  if (hasZodFastifySchemaValidationErrors(error)) return malformed(issuesOf(error))
  return ofFastify(error) ?? internal(error, requestId)
}

/** @param issues what is wrong, where; without values */
export function malformed(issues: readonly Issue[]): ColloquyError {
  return new ColloquyError('MALFORMED', 'The request does not have the right shape.', issues)
}

export function notFound(): ColloquyError {
  return new ColloquyError('NOT_FOUND', 'There is no such thing here for you.')
}

/** Answers what does not even parse as HTTP. */
export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify({
    error: { code: 'MALFORMED', message: 'This is not a complete HTTP request.' },
  })
  const head = ['HTTP/1.1 400 Bad Request', 'connection: close', 'content-type: application/json']
  socket.end(`${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}

function issuesOf(
  error: Pick<FastifyError, 'validationContext'> & { validation: FastifyError['validation'] },
): Issue[] {
  const part = error.validationContext ?? 'request'
  return (error.validation ?? []).slice(0, MOST_ISSUES).map(({ instancePath, message }) => ({
    path: `${part}${instancePath === '/' ? '' : instancePath}`.slice(0, MESSAGE_LENGTH),
    message: (message ?? 'is not valid').slice(0, MESSAGE_LENGTH),
  }))
}

/** What fastify itself refuses. Only its own codes: a status on any other error is not meant for our clients. */
function ofFastify(error: unknown): ColloquyError | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  if (error.code === 'ECONNRESET') return malformed([{ path: 'body', message: 'ended early' }])
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (!error.code.startsWith('FST_') || typeof status !== 'number') return null
  if (status === 413) return new ColloquyError('TOO_LARGE', 'The request is too large.')
  if (status === 415) return new ColloquyError('MEDIA_TYPE', 'The body has to be application/json.')
  if (status === 404) return notFound()
  if (status < 400 || status >= 500) return null
  const where = error.code.startsWith('FST_ERR_CTP_') ? 'body' : 'url'
  return malformed([{ path: where, message: where === 'body' ? 'is not valid JSON' : 'is not valid' }])
}

function internal(cause: unknown, requestId: string): ColloquyError {
  return new ColloquyError('INTERNAL', 'Something went wrong on the server.', { requestId }, cause)
}

function logFailure(refusal: ColloquyError, error: unknown, request: FastifyRequest): void {
  if (refusal.code === 'INTERNAL') request.log.error({ err: error }, 'request failed')
  else request.log.warn({ code: refusal.code, err: refusal.cause }, 'request refused')
}

function bodyOf({ code, message, details }: ColloquyError): ErrorBody {
  return details === undefined ? { code, message } : { code, message, details }
}
