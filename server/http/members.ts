import { okAnswer } from '@colloquy/shared/answers'
import { commandQuery, setMember, stopMember } from '@colloquy/shared/commands'
import type { People } from '../access/people.ts'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import { ACT, type Api, answers, BODY, noQuery, ofMember } from './contract.ts'

const tags = ['members']
/** Stands for the caller where a userId may; identity refuses it as a userId. */
const ME = 'me'

/** Who is in a session, and as what. */
export function memberRoutes(app: Api, sessions: SessionsApi, people: People): void {
  stopRoute(app, sessions)
  app.put(
    '/sessions/:id/members/:userId',
    {
      schema: {
        tags,
        operationId: 'setMember',
        summary: "Set a member's role",
        params: ofMember,
        querystring: noQuery,
        body: setMember,
        response: answers(200, okAnswer.describe('Set'), ACT, BODY, ['LAST_OWNER']),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, role } = request.body
      const userId = named(request.params.userId, who.userId)
      const session = await sessions.open(request.params.id)
      return session.execute<'member.set'>(who, commandId, {
        type: 'member.set',
        userId,
        role,
        name: people.get(userId)?.name,
      })
    },
  )
  app.delete(
    '/sessions/:id/members/:userId',
    {
      schema: {
        tags,
        operationId: 'removeMember',
        summary: 'Remove a member, or leave (`me`)',
        params: ofMember,
        querystring: commandQuery,
        response: answers(200, okAnswer.describe('Removed'), ACT, ['LAST_OWNER']),
      },
    },
    async (request) => {
      const who = actor(request)
      const userId = named(request.params.userId, who.userId)
      const session = await sessions.open(request.params.id)
      return session.execute<'member.remove'>(who, request.query.commandId, { type: 'member.remove', userId })
    },
  )
}

function stopRoute(app: Api, sessions: SessionsApi): void {
  app.post(
    '/sessions/:id/members/:userId/stop',
    {
      schema: {
        tags,
        operationId: 'stopMember',
        summary: 'End all that a member has waiting and running, unseen: themselves, or a moderator',
        params: ofMember,
        querystring: noQuery,
        body: stopMember,
        response: answers(200, okAnswer.describe('Ended'), ACT, BODY),
      },
    },
    async (request) => {
      const who = actor(request)
      const userId = named(request.params.userId, who.userId)
      const session = await sessions.open(request.params.id)
      return session.execute<'member.stop'>(who, request.body.commandId, { type: 'member.stop', userId })
    },
  )
}

function named(param: string, caller: string): string {
  return param === ME ? caller : param
}
