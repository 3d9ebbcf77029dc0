import { ColloquyError } from '@colloquy/shared'
import {
  acceptedAnswer,
  inviteAnswer,
  invitePreviewAnswer,
  invitesAnswer,
  okAnswer,
} from '@colloquy/shared/answers'
import { acceptInvite, commandQuery, makeInvite } from '@colloquy/shared/commands'
import type { Identity } from '../access/identity.ts'
import { type Invites, inviteUrl } from '../access/invites.ts'
import type { People } from '../access/people.ts'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../clock.ts'
import type { SessionsApi } from '../session/api.ts'
import { actor } from './authenticate.ts'
import {
  ACT,
  type Api,
  answers,
  BODY,
  MEMBERS,
  noQuery,
  ofInvite,
  ofInviteId,
  ofSession,
} from './contract.ts'
import { guestRate, type HttpLimits } from './rates.ts'

export interface InviteParts {
  sessions: SessionsApi
  identity: Identity
  people: People
  invites: Invites
  clock: Clock
  publicUrl: string | undefined
  limits: HttpLimits
}

const tags = ['invites']
/** How long a person made by an invite stays signed in: there is nobody who could sign them in again. */
const GUEST_TOKEN_MS = 30 * 86_400_000
const NAMELESS = 'Guest'
/** Also without a credential: the code is one. */
const OPEN = [{}, { bearer: [] }, { cookie: [] }]
const LAPSED = ['INVITE_SPENT', 'INVITE_EXPIRED'] as const

/** Inviting, and coming in by an invite. */
export function inviteRoutes(app: Api, parts: InviteParts): void {
  makeRoute(app, parts)
  listRoute(app, parts)
  endRoute(app, parts)
  previewRoute(app, parts)
  acceptRoute(app, parts)
}

function makeRoute(app: Api, { sessions, invites, publicUrl }: InviteParts): void {
  app.post(
    '/sessions/:id/invites',
    {
      schema: {
        tags,
        operationId: 'makeInvite',
        summary: 'Make an invite; its code is told once, to its maker',
        params: ofSession,
        querystring: noQuery,
        body: makeInvite,
        response: answers(200, inviteAnswer.describe('The invite'), ACT, BODY),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, ...invite } = request.body
      const { id } = request.params
      const code = invites.code(id, who.userId, commandId)
      const session = await sessions.open(id)
      const { expiresAt } = await session.execute<'invite.make'>(who, commandId, {
        type: 'invite.make',
        inviteId: invites.id(code),
        ...invite,
      })
      return {
        code,
        url: inviteUrl(publicUrl ?? `${request.protocol}://${request.host}`, id, code),
        expiresAt,
      }
    },
  )
}

function listRoute(app: Api, { sessions }: InviteParts): void {
  app.get(
    '/sessions/:id/invites',
    {
      schema: {
        tags,
        operationId: 'listInvites',
        summary: 'The invites that still let somebody in, without their codes: moderators',
        params: ofSession,
        querystring: noQuery,
        response: answers(200, invitesAnswer.describe('The invites'), MEMBERS, ['FORBIDDEN']),
      },
    },
    async (request) => {
      const who = actor(request)
      const session = await sessions.open(request.params.id)
      return session.invites(who)
    },
  )
}

function endRoute(app: Api, { sessions }: InviteParts): void {
  app.delete(
    '/sessions/:id/invites/:code',
    {
      schema: {
        tags,
        operationId: 'endInvite',
        summary: 'End an invite, by its inviteId: moderators',
        params: ofInviteId,
        querystring: commandQuery,
        response: answers(200, okAnswer.describe('It lets nobody in any more'), ACT),
      },
    },
    async (request) => {
      const who = actor(request)
      const { id, code: inviteId } = request.params
      const session = await sessions.open(id)
      return session.execute<'invite.end'>(who, request.query.commandId, { type: 'invite.end', inviteId })
    },
  )
}

function previewRoute(app: Api, { sessions, invites, limits }: InviteParts): void {
  app.get(
    '/sessions/:id/invites/:code',
    {
      config: { guests: true, rateLimit: guestRate(limits) },
      schema: {
        tags,
        operationId: 'previewInvite',
        summary: 'What an invite leads to, and who invites, before it is accepted',
        security: OPEN,
        params: ofInvite,
        querystring: noQuery,
        response: answers(200, invitePreviewAnswer.describe('What the invite offers'), MEMBERS, LAPSED),
      },
    },
    async (request) => {
      const { id, code } = request.params
      const session = await sessions.open(id)
      return session.invite(invites.id(code))
    },
  )
}

function acceptRoute(app: Api, parts: InviteParts): void {
  const { sessions, identity, people, invites } = parts
  app.post(
    '/sessions/:id/invites/:code/accept',
    {
      config: { guests: true, rateLimit: guestRate(parts.limits) },
      schema: {
        tags,
        operationId: 'acceptInvite',
        summary: 'Come in; without a credential, as a new person whose credential is in the answer',
        security: OPEN,
        params: ofInvite,
        querystring: noQuery,
        body: acceptInvite,
        response: answers(200, acceptedAnswer.describe('You are in'), ACT, BODY, LAPSED),
      },
    },
    async (request) => {
      const { commandId, name } = request.body
      const inviteId = invites.id(request.params.code)
      const known = request.person
      const who = known ?? newcomer(parts, inviteId, commandId, name)
      const session = await sessions.open(request.params.id)
      const accepted = await session.execute<'invite.accept'>(who, commandId, {
        type: 'invite.accept',
        inviteId,
      })
      if (known) return accepted
      // A repeated command gets its first answer, and who it made may have been taken out since.
      await session.describe(who)
      await people.seen(who)
      return { ...accepted, token: await identity.issueToken(who, GUEST_TOKEN_MS) }
    },
  )
}

/** The person that this command makes, or made when it came before. */
function newcomer(
  { invites, people, clock }: InviteParts,
  inviteId: string,
  commandId: string,
  asked: string | undefined,
): Principal {
  const userId = invites.guest(inviteId, commandId)
  const name = asked ?? NAMELESS
  const before = people.get(userId)
  if (before && before.name !== name) {
    throw new ColloquyError('COMMAND_REUSED', 'This command id came with another name before.')
  }
  return { userId, name, groups: [], admin: false, guest: true, expiresAt: clock.now() + GUEST_TOKEN_MS }
}
