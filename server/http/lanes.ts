import { MAIN_LANE } from '@colloquy/shared'
import { messagesAnswer, okAnswer, promptAnswer, sharedAnswer } from '@colloquy/shared/answers'
import { commandQuery, messagesQuery, regenerate, shareMessage, viewQuery } from '@colloquy/shared/commands'
import { viewAnswer } from '@colloquy/shared/view-answer'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import {
  ACT,
  type Api,
  AUDIENCE,
  answers,
  BODY,
  MEMBERS,
  noQuery,
  ofLane,
  ofMessage,
  ofSession,
} from './contract.ts'

const tags = ['messages']

/** What was said in lanes: older pages, what the assistant is shown of them, sharing a message and taking it back. */
export function laneRoutes(app: Api, sessions: SessionsApi): void {
  pagesRoute(app, sessions)
  viewRoute(app, sessions)
  shareRoute(app, sessions)
  regenerateRoute(app, sessions)
  retractRoute(app, sessions)
}

function pagesRoute(app: Api, sessions: SessionsApi): void {
  app.get(
    '/sessions/:id/lanes/:laneId/messages',
    {
      schema: {
        tags,
        operationId: 'listMessages',
        summary: 'Older messages of a lane, in pages, oldest first',
        params: ofLane,
        querystring: messagesQuery,
        response: answers(200, messagesAnswer.describe('One page'), MEMBERS),
      },
    },
    async (request) => {
      const who = actor(request)
      const { id, laneId } = request.params
      const session = await sessions.open(id)
      return session.messages(who, laneId, request.query.before)
    },
  )
}

function viewRoute(app: Api, sessions: SessionsApi): void {
  app.get(
    '/sessions/:id/view',
    {
      schema: {
        tags,
        operationId: 'getView',
        summary: 'What the assistant would see if I asked next in a lane',
        params: ofSession,
        querystring: viewQuery,
        response: answers(200, viewAnswer.describe('The view, told of what I may read'), MEMBERS),
      },
    },
    async (request) => {
      const who = actor(request)
      const session = await sessions.open(request.params.id)
      return session.view(who, request.query.lane ?? MAIN_LANE)
    },
  )
}

function shareRoute(app: Api, sessions: SessionsApi): void {
  app.post(
    '/sessions/:id/messages/:messageId/share',
    {
      schema: {
        tags,
        operationId: 'shareMessage',
        summary: 'Give others a copy of a message',
        params: ofMessage,
        querystring: noQuery,
        body: shareMessage,
        response: answers(200, sharedAnswer.describe('The copy'), ACT, BODY, AUDIENCE, [
          ...(['ALREADY_RETRACTED', 'MESSAGE_STREAMING'] as const),
        ]),
      },
    },
    async (request) => {
      const who = actor(request)
      const { id, messageId } = request.params
      const { commandId, audience } = request.body
      const session = await sessions.open(id)
      return session.execute<'message.share'>(who, commandId, { type: 'message.share', messageId, audience })
    },
  )
}

function regenerateRoute(app: Api, sessions: SessionsApi): void {
  app.post(
    '/sessions/:id/messages/:messageId/regenerate',
    {
      schema: {
        tags,
        operationId: 'regenerateMessage',
        summary: 'Ask what a message asks or answers once more, as a prompt of my own among its readers',
        params: ofMessage,
        querystring: noQuery,
        body: regenerate,
        response: answers(202, promptAnswer.describe('The prompt is kept and has its place'), ACT, BODY, [
          ...(['ALREADY_RETRACTED', 'MESSAGE_STREAMING', 'QUEUE_FULL', 'LANES_FULL'] as const),
        ]),
      },
    },
    async (request, reply) => {
      const who = actor(request)
      const { id, messageId } = request.params
      const { commandId, model } = request.body
      const session = await sessions.open(id)
      const accepted = await session.execute<'message.regenerate'>(who, commandId, {
        ...{ type: 'message.regenerate', messageId },
        ...(model === undefined ? {} : { model }),
      })
      return reply.code(202).send(accepted)
    },
  )
}

function retractRoute(app: Api, sessions: SessionsApi): void {
  app.delete(
    '/sessions/:id/messages/:messageId',
    {
      schema: {
        tags,
        operationId: 'retractMessage',
        summary: 'Take a message back: its text is erased',
        params: ofMessage,
        querystring: commandQuery,
        response: answers(200, okAnswer.describe('Erased'), ACT, ['ALREADY_RETRACTED']),
      },
    },
    async (request) => {
      const who = actor(request)
      const { id, messageId } = request.params
      const session = await sessions.open(id)
      return session.execute<'message.retract'>(who, request.query.commandId, {
        type: 'message.retract',
        messageId,
      })
    },
  )
}
