import { ticketAnswer } from '@colloquy/shared/answers'
import { makeTicket } from '@colloquy/shared/commands'
import type { Principal } from '../access/principal.ts'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import { type Api, answers, MEMBERS, noQuery } from './contract.ts'

/** The half of `access/tickets.ts` that this side needs. */
export interface TicketIssuer {
  issue(
    principal: Principal,
    sessionId: string,
    origin: string | undefined,
  ): { ticket: string; expiresAt: number } | Promise<{ ticket: string; expiresAt: number }>
}

/** The way onto the sync endpoint. */
export function ticketRoutes(app: Api, sessions: SessionsApi, tickets: TicketIssuer): void {
  app.post(
    '/tickets',
    {
      schema: {
        tags: ['sync'],
        operationId: 'makeTicket',
        summary: 'A ticket that opens each doc of a session once, soon, for this person and Origin',
        querystring: noQuery,
        body: makeTicket,
        response: answers(200, ticketAnswer.describe('The ticket'), MEMBERS, [
          'ORIGIN_REFUSED',
          'TOO_LARGE',
          'MEDIA_TYPE',
        ]),
      },
    },
    async (request) => {
      const who = actor(request)
      const { sessionId } = request.body
      const session = await sessions.open(sessionId)
      // Asked for its refusal: only a member gets a ticket, and only once the membership is durable.
      await session.describe(who)
      return tickets.issue(who, sessionId, request.headers.origin)
    },
  )
}
