import { okAnswer } from '@colloquy/shared/answers'
import { cancelTurn, decideCall } from '@colloquy/shared/commands'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import { ACT, type Api, answers, BODY, noQuery, ofCall, ofTurn } from './contract.ts'

const tags = ['turns']

/** Turns: to stop one, and to say whether one of its tool calls may be made. */
export function turnRoutes(app: Api, sessions: SessionsApi): void {
  cancelRoute(app, sessions)
  approvalRoute(app, sessions)
}

function cancelRoute(app: Api, sessions: SessionsApi): void {
  app.post(
    '/sessions/:id/turns/:turnId/cancel',
    {
      schema: {
        tags,
        operationId: 'cancelTurn',
        summary: 'Stop a turn: its author, or a moderator',
        params: ofTurn,
        querystring: noQuery,
        body: cancelTurn,
        response: answers(200, okAnswer.describe('Stopped'), ACT, BODY, ['TURN_ENDED']),
      },
    },
    async (request) => {
      const who = actor(request)
      const { id, turnId } = request.params
      const session = await sessions.open(id)
      return session.execute<'turn.cancel'>(who, request.body.commandId, { type: 'turn.cancel', turnId })
    },
  )
}

function approvalRoute(app: Api, sessions: SessionsApi): void {
  app.post(
    '/sessions/:id/turns/:turnId/approvals/:callId',
    {
      schema: {
        tags,
        operationId: 'decideCall',
        summary: 'Allow, deny or change a tool call that waits for consent: whom the tool names',
        params: ofCall,
        querystring: noQuery,
        body: decideCall,
        response: answers(200, okAnswer.describe('Decided'), ACT, BODY, [
          ...(['TURN_ENDED', 'CALL_DECIDED', 'CALL_CHANGED', 'APPROVAL_EXPIRED'] as const),
        ]),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, ...given } = request.body
      const { id, turnId, callId } = request.params
      const session = await sessions.open(id)
      return session.execute<'call.decide'>(who, commandId, { type: 'call.decide', turnId, callId, ...given })
    },
  )
}
