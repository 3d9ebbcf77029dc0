import { type Audience, ColloquyError } from '@colloquy/shared'
import { okAnswer, resourceAnswer, resourcesAnswer, resourceTextAnswer } from '@colloquy/shared/answers'
import { commandQuery, putResource, setReaders } from '@colloquy/shared/commands'
import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Principal } from '../access/principal.ts'
import { type Resources, resourceAnswerOf, type SessionsOf, TEXT_BYTES } from '../access/resources.ts'
import { createPdfReader, type PdfReader } from '../files/pdf-reader.ts'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import { type Api, answers, BODY, MEMBERS, noQuery, ofResource, SIGNED_IN } from './contract.ts'
import { malformed, notFound } from './errors.ts'
import { readForm } from './resource-form.ts'

const tags = ['resources']
/** The longest text fits even when JSON escapes every character of it; a prompt's limit would not hold it. */
const BODY_BYTES = 6 * TEXT_BYTES + 64 * 1024
const FORM = 'multipart/form-data'

declare module 'fastify' {
  interface FastifyRequest {
    /** The file of a form whose text is still to be read. */
    pdf: Uint8Array | null
  }
}

interface Parts {
  resources: Resources
  sessions: SessionsApi
}

/** Texts that people of the workspace share with whom they choose. */
export async function resourceRoutes(scope: FastifyInstance, { resources, sessions }: Parts): Promise<void> {
  const sessionsOf = (who: Principal): SessionsOf => {
    return async () => new Set((await sessions.mine(who)).map(({ id }) => id))
  }
  // In a scope of its own: no other route takes forms.
  await scope.register(async (own) => {
    await own.register(multipart)
    own.decorateRequest('pdf', null)
    putRoute(own.withTypeProvider<ZodTypeProvider>(), { resources, sessions }, createPdfReader())
  })
  const api = scope.withTypeProvider<ZodTypeProvider>()
  readersRoute(api, { resources, sessions }, sessionsOf)
  listRoute(api, resources, sessionsOf)
  getRoute(api, resources, sessionsOf)
  removeRoute(api, resources, sessionsOf)
}

type AllSessions = (who: Principal) => SessionsOf

function putRoute(app: Api, { resources, sessions }: Parts, readPdf: PdfReader): void {
  app.put(
    '/resources/:id',
    {
      bodyLimit: BODY_BYTES,
      schema: {
        tags,
        operationId: 'putResource',
        summary: 'Put a text under a name of my own, or replace the one that the id means to me',
        consumes: ['application/json', FORM],
        params: ofResource,
        querystring: noQuery,
        body: putResource,
        response: answers(200, resourceAnswer.describe('As it is now'), SIGNED_IN, BODY, [
          ...(['FORBIDDEN', 'NOT_FOUND', 'AUDIENCE_UNKNOWN', 'AUDIENCE_EMPTY'] as const),
          ...(['UNREADABLE_FILE', 'RESOURCES_FULL'] as const),
        ]),
      },
      async preValidation(request) {
        if (!request.isMultipart()) return
        const { body, pdf } = await readForm(request).catch(refuseForm)
        request.body = body as typeof request.body
        request.pdf = pdf
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, format = 'text', sessionId, ...given } = request.body
      const place = sessionId === undefined ? undefined : await placeOf(sessions, sessionId, who, given)
      // After all else that may refuse it: reading one is dear.
      const text = request.pdf ? await readPdf(request.pdf, TEXT_BYTES) : given.text
      return resources.put(who, commandId, request.params.id, { ...given, text, format, in: place })
    },
  )
}

/** Whoever may ask in a session attaches there, for those whom they may ask for. */
async function placeOf(
  sessions: SessionsApi,
  sessionId: string,
  who: Principal,
  { audience }: { audience: Audience },
) {
  const session = await sessions.open(sessionId)
  return { sessionId, readers: await session.readersFor(who, audience) }
}

function readersRoute(app: Api, { resources, sessions }: Parts, sessionsOf: AllSessions): void {
  app.patch(
    '/resources/:id',
    {
      schema: {
        tags,
        operationId: 'setReaders',
        summary: 'Choose who reads what I have attached in a session: as a prompt for the same people',
        params: ofResource,
        querystring: noQuery,
        body: setReaders,
        response: answers(200, resourceAnswer.describe('As it is now'), MEMBERS, BODY, [
          ...(['FORBIDDEN', 'AUDIENCE_UNKNOWN', 'AUDIENCE_EMPTY'] as const),
        ]),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, audience } = request.body
      const found = await resources.about(who.userId, request.params.id, sessionsOf(who))
      if (found?.sessionId === undefined) throw notFound()
      const place = await placeOf(sessions, found.sessionId, who, { audience })
      return resources.setReaders(who, commandId, found.id, { ...place, audience })
    },
  )
}

function listRoute(app: Api, resources: Resources, sessionsOf: AllSessions): void {
  app.get(
    '/resources',
    {
      schema: {
        tags,
        operationId: 'listResources',
        summary: 'The resources that I may read, newest first',
        querystring: noQuery,
        response: answers(200, resourcesAnswer.describe('Those that I may read'), SIGNED_IN),
      },
    },
    async (request) => {
      const who = actor(request)
      const all = await resources.list(who.userId, sessionsOf(who))
      return { resources: all.map(resourceAnswerOf) }
    },
  )
}

function getRoute(app: Api, resources: Resources, sessionsOf: AllSessions): void {
  app.get(
    '/resources/:id',
    {
      schema: {
        tags,
        operationId: 'getResource',
        summary: 'A resource with its text',
        params: ofResource,
        querystring: noQuery,
        response: answers(200, resourceTextAnswer.describe('With its text'), MEMBERS),
      },
    },
    async (request) => {
      const who = actor(request)
      const found = await resources.read(who.userId, request.params.id, sessionsOf(who))
      if (!found) throw notFound()
      return { ...resourceAnswerOf(found.resource), text: found.text }
    },
  )
}

function removeRoute(app: Api, resources: Resources, sessionsOf: AllSessions): void {
  app.delete(
    '/resources/:id',
    {
      schema: {
        tags,
        operationId: 'removeResource',
        summary: 'Remove a resource: its text is erased',
        params: ofResource,
        querystring: commandQuery,
        response: answers(200, okAnswer.describe('Erased'), MEMBERS, [
          ...(['FORBIDDEN', 'ORIGIN_REFUSED', 'COMMAND_REUSED'] as const),
        ]),
      },
    },
    async (request) => {
      const who = actor(request)
      await resources.remove(who, request.query.commandId, request.params.id, sessionsOf(who))
      return { ok: true as const }
    },
  )
}

/** Whatever the parser of forms makes of bytes that are none. */
function refuseForm(error: unknown): never {
  if (error instanceof ColloquyError) throw error
  const isTooLarge = error instanceof Error && 'statusCode' in error && error.statusCode === 413
  if (isTooLarge) throw new ColloquyError('TOO_LARGE', 'The form is too large.', { limit: TEXT_BYTES }, error)
  throw malformed([{ path: 'body', message: 'is no form that can be read' }])
}
