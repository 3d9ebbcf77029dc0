import { okAnswer, promptAnswer, promptStateAnswer } from '@colloquy/shared/answers'
import { commandQuery, editPrompt, movePrompt, submitPrompt } from '@colloquy/shared/commands'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import { ACT, type Api, AUDIENCE, answers, BODY, MEMBERS, noQuery, ofPrompt, ofSession } from './contract.ts'

const tags = ['prompts']

/** Prompts: to submit, follow, and change while pending. */
export function promptRoutes(app: Api, sessions: SessionsApi): void {
  submitRoute(app, sessions)
  stateRoute(app, sessions)
  editRoute(app, sessions)
  withdrawRoute(app, sessions)
  moveRoute(app, sessions)
}

function submitRoute(app: Api, sessions: SessionsApi): void {
  app.post(
    '/sessions/:id/prompts',
    {
      schema: {
        tags,
        operationId: 'submitPrompt',
        summary: 'Ask; answered once the prompt is durable',
        params: ofSession,
        querystring: noQuery,
        body: submitPrompt,
        response: answers(202, promptAnswer.describe('The prompt is kept and has its place'), ACT, BODY, [
          ...AUDIENCE,
          'QUEUE_FULL',
        ]),
      },
    },
    async (request, reply) => {
      const who = actor(request)
      const { commandId, ...given } = request.body
      const session = await sessions.open(request.params.id)
      const accepted = await session.execute<'prompt.submit'>(who, commandId, {
        type: 'prompt.submit',
        ...given,
      })
      return reply.code(202).send(accepted)
    },
  )
}

function stateRoute(app: Api, sessions: SessionsApi): void {
  app.get(
    '/sessions/:id/prompts/:promptId',
    {
      schema: {
        tags,
        operationId: 'getPrompt',
        summary: 'Where a prompt is, and its end',
        params: ofPrompt,
        querystring: noQuery,
        response: answers(200, promptStateAnswer.describe('Where the prompt is'), MEMBERS),
      },
    },
    async (request) => {
      const who = actor(request)
      const session = await sessions.open(request.params.id)
      return session.prompt(who, request.params.promptId)
    },
  )
}

function editRoute(app: Api, sessions: SessionsApi): void {
  app.patch(
    '/sessions/:id/prompts/:promptId',
    {
      schema: {
        tags,
        operationId: 'editPrompt',
        summary: "Change a pending prompt's text",
        params: ofPrompt,
        querystring: noQuery,
        body: editPrompt,
        response: answers(200, okAnswer.describe('Changed'), ACT, BODY, ['PROMPT_NOT_PENDING']),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, text } = request.body
      const { id, promptId } = request.params
      const session = await sessions.open(id)
      return session.execute<'prompt.edit'>(who, commandId, { type: 'prompt.edit', promptId, text })
    },
  )
}

function withdrawRoute(app: Api, sessions: SessionsApi): void {
  app.delete(
    '/sessions/:id/prompts/:promptId',
    {
      schema: {
        tags,
        operationId: 'withdrawPrompt',
        summary: 'Withdraw a pending prompt',
        params: ofPrompt,
        querystring: commandQuery,
        response: answers(200, okAnswer.describe('Withdrawn'), ACT, ['PROMPT_NOT_PENDING']),
      },
    },
    async (request) => {
      const who = actor(request)
      const { id, promptId } = request.params
      const session = await sessions.open(id)
      return session.execute<'prompt.withdraw'>(who, request.query.commandId, {
        type: 'prompt.withdraw',
        promptId,
      })
    },
  )
}

function moveRoute(app: Api, sessions: SessionsApi): void {
  app.post(
    '/sessions/:id/prompts/:promptId/move',
    {
      schema: {
        tags,
        operationId: 'movePrompt',
        summary: 'Run a pending prompt before another, or last',
        params: ofPrompt,
        querystring: noQuery,
        body: movePrompt,
        response: answers(200, okAnswer.describe('Moved'), ACT, BODY, ['PROMPT_NOT_PENDING']),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, before } = request.body
      const { id, promptId } = request.params
      const session = await sessions.open(id)
      return session.execute<'prompt.move'>(who, commandId, { type: 'prompt.move', promptId, before })
    },
  )
}
