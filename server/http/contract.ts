import { ERRORS, type ErrorCode } from '@colloquy/shared'
import { errorAnswer } from '@colloquy/shared/answers'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { userIdShape } from '../access/claims.ts'

/** The app as route files see it: bodies, queries, params and answers are typed by their zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

const id = z
  .string()
  .regex(/^[\w-]{1,200}$/, 'not the shape of an id')
  // Things are kept by id in plain objects, which have these already.
  .refine((given) => !(given in Object.prototype), 'is a reserved word')

export const noQuery = z.strictObject({})
/** Of a POST that says everything by its path: nothing, or an empty object. */
export const noBody = z.strictObject({}).nullish()
export const ofSession = z.strictObject({ id })
export const ofPrompt = z.strictObject({ id, promptId: id })
export const ofTurn = z.strictObject({ id, turnId: id })
export const ofCall = z.strictObject({ id, turnId: id, callId: id })
export const ofLane = z.strictObject({ id, laneId: id })
export const ofMessage = z.strictObject({ id, messageId: id })
export const ofInvite = z.strictObject({ id, code: id })
/** At the place of the code: an invite that is there has one path, whatever names it. */
export const ofInviteId = z.strictObject({ id, code: id.describe('The inviteId, not the code.') })
export const ofResource = z.strictObject({ id })
export const ofTool = z.strictObject({ name: z.string().regex(/^[\w.-]{1,64}$/, 'not the shape of a name') })
export const ofMember = z.strictObject({ id, userId: userIdShape })

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** True when the request asks for nothing to be changed. */
export function isRead({ method }: FastifyRequest): boolean {
  return READS.has(method)
}

/** What any route may refuse with. */
const ALWAYS: readonly ErrorCode[] = [
  'MALFORMED',
  'RATE_LIMITED',
  'INTERNAL',
  'STORE_UNAVAILABLE',
  'DRAINING',
]
/** Routes for signed-in people. */
export const SIGNED_IN: readonly ErrorCode[] = ['UNAUTHENTICATED', 'IDENTITY_CHANGED', 'IDENTITY_UNAVAILABLE']
/** Reads of a session. */
export const MEMBERS: readonly ErrorCode[] = [...SIGNED_IN, 'NOT_FOUND']
/** A command in a body. */
export const BODY: readonly ErrorCode[] = ['ORIGIN_REFUSED', 'COMMAND_REUSED', 'TOO_LARGE', 'MEDIA_TYPE']
/** An act on a session by a member who may lack the right. */
export const ACT: readonly ErrorCode[] = [...MEMBERS, 'FORBIDDEN', 'ORIGIN_REFUSED', 'COMMAND_REUSED']
/** An act that names readers. */
export const AUDIENCE: readonly ErrorCode[] = ['AUDIENCE_UNKNOWN', 'AUDIENCE_EMPTY', 'LANES_FULL']

/**
 * The `response` of a route: its one success, typed, and every refusal by status with the codes it may carry.
 * Refusals are left out of the type: handlers throw them.
 */
export function answers<S extends number, A extends z.ZodType>(
  status: S,
  answer: A,
  ...refusals: (readonly ErrorCode[])[]
): Record<S, A> {
  return { ...refusalAnswers([...ALWAYS, ...refusals.flat()]), [status]: answer } as Record<S, A>
}

/** `errorAnswer` for each status of the codes, described by them. */
export function refusalAnswers(codes: readonly ErrorCode[]): Record<number, typeof errorAnswer> {
  const byStatus = new Map<number, Set<ErrorCode>>()
  for (const code of codes) byStatus.set(ERRORS[code], (byStatus.get(ERRORS[code]) ?? new Set()).add(code))
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [status, errorAnswer.describe([...some].join(' · '))]),
  )
}
