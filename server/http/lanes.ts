import { messagesAnswer, okAnswer } from '@colloquy/shared/answers'
import { commandQuery, messagesQuery } from '@colloquy/shared/commands'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import { ACT, type Api, answers, MEMBERS, ofLane, ofMessage } from './contract.ts'

const tags = ['messages']

/** What was said in a lane: older pages, and taking a message back. */
export function laneRoutes(app: Api, sessions: SessionsApi): void {
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
  app.delete(
    '/sessions/:id/messages/:messageId',
    {
      schema: {
        tags,
        operationId: 'retractMessage',
        summary: 'Take a message back: its text is erased',
        params: ofMessage,
        querystring: commandQuery,
        response: answers(200, okAnswer.describe('Erased'), ACT, ['ALREADY_RETRACTED', 'MESSAGE_STREAMING']),
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
