import { ColloquyError } from '@colloquy/shared'
import { exportAnswer, sessionAnswer, sessionListAnswer } from '@colloquy/shared/answers'
import { createSession, exportQuery } from '@colloquy/shared/commands'
import { z } from 'zod'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import {
  type Api,
  answers,
  BODY,
  MEMBERS,
  noQuery,
  ofSession,
  refusalAnswers,
  SIGNED_IN,
} from './contract.ts'
import { exportMarkdown } from './markdown.ts'

const tags = ['sessions']

/** Making, finding and reading sessions. */
export function sessionRoutes(app: Api, sessions: SessionsApi): void {
  app.post(
    '/sessions',
    {
      schema: {
        tags,
        operationId: 'createSession',
        summary: 'Make a session and own it',
        querystring: noQuery,
        body: createSession,
        response: answers(200, sessionAnswer.describe('The new session'), SIGNED_IN, BODY, ['FORBIDDEN']),
      },
    },
    async (request) => {
      const who = actor(request)
      if (who.guest) {
        throw new ColloquyError('FORBIDDEN', 'Guests are here for the session they were invited to.')
      }
      return sessions.create(who, request.body.commandId, request.body.title)
    },
  )
  app.get(
    '/sessions',
    {
      schema: {
        tags,
        operationId: 'listSessions',
        summary: 'My sessions, last active first',
        querystring: noQuery,
        response: answers(200, sessionListAnswer.describe('The sessions I am a member of'), SIGNED_IN),
      },
    },
    async (request) => ({ sessions: await sessions.mine(actor(request)) }),
  )
  app.get(
    '/sessions/:id',
    {
      schema: {
        tags,
        operationId: 'getSession',
        summary: 'One session as its member sees it',
        params: ofSession,
        querystring: noQuery,
        response: answers(200, sessionAnswer.describe('The session'), MEMBERS),
      },
    },
    async (request) => {
      const who = actor(request)
      const session = await sessions.open(request.params.id)
      return session.visit(who)
    },
  )
  exportRoute(app, sessions)
}

function exportRoute(app: Api, sessions: SessionsApi): void {
  app.get(
    '/sessions/:id/export',
    {
      schema: {
        tags,
        operationId: 'exportSession',
        summary: 'Everything in the session that I may read',
        params: ofSession,
        querystring: exportQuery,
        response: {
          ...refusalAnswers([
            ...MEMBERS,
            'MALFORMED',
            'RATE_LIMITED',
            'INTERNAL',
            'STORE_UNAVAILABLE',
            'DRAINING',
          ]),
          200: {
            description: 'The export in the format asked for',
            content: {
              'application/json': { schema: exportAnswer },
              'text/markdown': { schema: z.string() },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const who = actor(request)
      const session = await sessions.open(request.params.id)
      const all = await session.export(who)
      if (request.query.format === 'json') return reply.send(all)
      return reply.type('text/markdown; charset=utf-8').send(exportMarkdown(all))
    },
  )
}
