import { ColloquyError } from '@colloquy/shared'
import { okAnswer, resourceAnswer, resourcesAnswer, resourceTextAnswer } from '@colloquy/shared/answers'
import { commandQuery, putResource } from '@colloquy/shared/commands'
import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { type Resources, resourceAnswerOf, TEXT_BYTES } from '../access/resources.ts'
import { actor } from './authenticate.ts'
import { type Api, answers, BODY, MEMBERS, noQuery, ofResource, SIGNED_IN } from './contract.ts'
import { malformed, notFound } from './errors.ts'
import { readForm } from './resource-form.ts'

const tags = ['resources']
/** The longest text fits even when JSON escapes every character of it; a prompt's limit would not hold it. */
const BODY_BYTES = 6 * TEXT_BYTES + 64 * 1024
const FORM = 'multipart/form-data'

/** Texts that people of the workspace share with whom they choose. */
export async function resourceRoutes(scope: FastifyInstance, resources: Resources): Promise<void> {
  // In a scope of its own: no other route takes forms.
  await scope.register(async (own) => {
    await own.register(multipart)
    putRoute(own.withTypeProvider<ZodTypeProvider>(), resources)
  })
  const api = scope.withTypeProvider<ZodTypeProvider>()
  listRoute(api, resources)
  getRoute(api, resources)
  removeRoute(api, resources)
}

function putRoute(app: Api, resources: Resources): void {
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
          ...(['FORBIDDEN', 'AUDIENCE_UNKNOWN', 'RESOURCES_FULL'] as const),
        ]),
      },
      async preValidation(request) {
        if (!request.isMultipart()) return
        request.body = (await readForm(request).catch(refuseForm)) as typeof request.body
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, format = 'text', ...given } = request.body
      return resources.put(who, commandId, request.params.id, { ...given, format })
    },
  )
}

function listRoute(app: Api, resources: Resources): void {
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
      const all = await resources.list(actor(request).userId)
      return { resources: all.map(resourceAnswerOf) }
    },
  )
}

function getRoute(app: Api, resources: Resources): void {
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
      const found = await resources.read(actor(request).userId, request.params.id)
      if (!found) throw notFound()
      return { ...resourceAnswerOf(found.resource), text: found.text }
    },
  )
}

function removeRoute(app: Api, resources: Resources): void {
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
      await resources.remove(actor(request), request.query.commandId, request.params.id)
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
