import { ColloquyError } from '@colloquy/shared'
import { exportAnswer, okAnswer, sessionAnswer, sessionListAnswer } from '@colloquy/shared/answers'
import { auditAnswer } from '@colloquy/shared/audit-answer'
import {
  auditQuery,
  createSession,
  exportQuery,
  forkLane,
  renameSession,
  setPolicy,
} from '@colloquy/shared/commands'
import { z } from 'zod'
import type { Principal } from '../access/principal.ts'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import {
  ACT,
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
      refuseGuest(who)
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
  renameRoute(app, sessions)
  forkRoute(app, sessions)
  policyRoute(app, sessions)
  auditRoute(app, sessions)
}

function refuseGuest({ guest }: Principal): void {
  if (guest) throw new ColloquyError('FORBIDDEN', 'Guests are here for the session they were invited to.')
}

function forkRoute(app: Api, sessions: SessionsApi): void {
  app.post(
    '/sessions/:id/forks',
    {
      schema: {
        tags,
        operationId: 'forkLane',
        summary: 'Copy a lane that I read, up to a message, into a session of my own',
        params: ofSession,
        querystring: noQuery,
        body: forkLane,
        response: answers(200, sessionAnswer.describe('The new session'), ACT, BODY),
      },
    },
    async (request) => {
      const who = actor(request)
      refuseGuest(who)
      const { commandId, ...from } = request.body
      return sessions.fork(who, commandId, { sessionId: request.params.id, ...from })
    },
  )
}

function renameRoute(app: Api, sessions: SessionsApi): void {
  app.patch(
    '/sessions/:id',
    {
      schema: {
        tags,
        operationId: 'renameSession',
        summary: 'Give the session another title: moderators',
        params: ofSession,
        querystring: noQuery,
        body: renameSession,
        response: answers(200, okAnswer.describe('Renamed'), ACT, BODY),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, title } = request.body
      const session = await sessions.open(request.params.id)
      return session.execute<'session.rename'>(who, commandId, { type: 'session.rename', title })
    },
  )
}

function policyRoute(app: Api, sessions: SessionsApi): void {
  app.put(
    '/sessions/:id/policy',
    {
      schema: {
        tags,
        operationId: 'setPolicy',
        summary: 'Take tools away from the turns of this session: owners',
        params: ofSession,
        querystring: noQuery,
        body: setPolicy,
        response: answers(200, okAnswer.describe('Set'), ACT, BODY),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, withoutTools } = request.body
      const session = await sessions.open(request.params.id)
      return session.execute<'policy.set'>(who, commandId, { type: 'policy.set', withoutTools })
    },
  )
}

function auditRoute(app: Api, sessions: SessionsApi): void {
  app.get(
    '/sessions/:id/audit',
    {
      schema: {
        tags,
        operationId: 'auditSession',
        summary:
          'What was done where I read, newest first, in pages, and how much was asked elsewhere: owners',
        params: ofSession,
        querystring: auditQuery,
        response: answers(200, auditAnswer.describe('One page'), MEMBERS, ['FORBIDDEN']),
      },
    },
    async (request) => {
      const who = actor(request)
      const session = await sessions.open(request.params.id)
      return session.audit(who, request.query.before)
    },
  )
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
