import { z } from 'zod'
import { at, audience, id, person, seq, through } from './event-fields.ts'
import { ROLES } from './roles.ts'
import { APPROVERS, CALL_OUTCOMES, CALL_REASONS, TOOL_EFFECTS, TOOL_REPLAYS } from './tools.ts'

// The events of a session: what happened, in the order it happened. Text that people or models wrote is not
// in the event but in the erasable cell that `cell` names.

const role = z.enum(ROLES)

const stepUsage = z.strictObject({ inputTokens: seq.optional(), outputTokens: seq.optional() })

/** What was in a view, in tokens as estimated, and which messages of which lanes. */
const stepView = z.strictObject({
  tokens: seq,
  /** Tokens that were not told again. */
  saved: seq,
  lanes: z.array(
    z.strictObject({
      laneId: id,
      fromSeq: seq.optional(),
      throughSeq: seq.optional(),
      messages: seq,
      tokens: seq,
      /** The last message that a summary stands for. */
      summedUpTo: seq.optional(),
    }),
  ),
})
export type StepView = z.infer<typeof stepView>

/** How a turn can end. */
export const TURN_ENDS = ['done', 'failed', 'cancelled', 'revoked', 'denied', 'narrowed'] as const
export type TurnEnd = (typeof TURN_ENDS)[number]

/** Why a turn did not end as `done`, or a prompt was held. Stable codes, shown to people by the client. */
export const TURN_REASONS = [
  'PROVIDER_BUSY',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_REFUSED',
  'PROVIDER_AUTH',
  'PROVIDER_NOT_FOUND',
  'PROVIDER_CUT',
  'PROVIDER_TIMEOUT',
  'MODEL_UNKNOWN',
  'CONTEXT_TOO_LARGE',
  'TOO_MANY_ATTEMPTS',
  'TOO_MANY_STEPS',
  'APPROVAL',
  'STOPPED_BY_AUTHOR',
  'STOPPED_BY_MODERATOR',
  'REVOKED',
  'NO_APPROVER',
  'INTERNAL',
] as const
export type TurnReason = (typeof TURN_REASONS)[number]
const reason = z.enum(TURN_REASONS)

export const sessionEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('session.created'),
    at,
    sessionId: id,
    workspaceId: id,
    title: z.string(),
    by: id,
  }),
  z.strictObject({ type: z.literal('session.renamed'), at, title: z.string(), by: id }),
  z.strictObject({
    type: z.literal('member.changed'),
    at,
    userId: id,
    name: z.string(),
    /** null: no longer a member. */
    role: role.nullable(),
    by: id,
    /** The invite that brought this person in; one of its uses is spent. */
    inviteId: id.optional(),
  }),
  z.strictObject({
    type: z.literal('invite.made'),
    at,
    /** A hash of the code: the code itself is in no stream. */
    inviteId: id,
    role,
    uses: z.number().int().positive(),
    expiresAt: at,
    by: id,
  }),
  /** It lets nobody in any more. */
  z.strictObject({ type: z.literal('invite.ended'), at, inviteId: id, by: id }),
  z.strictObject({
    type: z.literal('lane.opened'),
    at,
    laneId: id,
    audience,
    through: through.optional(),
    by: id,
    /** The lane whose turn needed it; absent: a person asked for these readers. */
    narrowedFrom: id.optional(),
  }),
  z.strictObject({
    type: z.literal('lane.rolled'),
    at,
    laneId: id,
    doc: z.enum(['lane', 'board']),
    incarnation: z.number().int().positive(),
    /** Lane: `seq` of the first message that the new segment starts with. */
    firstSeq: seq,
    why: z.enum(['full', 'erased', 'restored', 'revoked']),
  }),
  z.strictObject({
    type: z.literal('prompt.accepted'),
    at,
    promptId: id,
    laneId: id,
    author: id,
    cell: id,
    /** Characters (UTF-16) of the text. */
    length: seq,
    seenSeq: seq.optional(),
    model: id.optional(),
    /** The question that is asked again, word for word; of one that was itself asked again, the first. */
    again: id.optional(),
  }),
  z.strictObject({ type: z.literal('prompt.edited'), at, promptId: id, by: id, cell: id, length: seq }),
  z.strictObject({
    type: z.literal('prompt.moved'),
    at,
    promptId: id,
    by: id,
    /** The prompt it now runs before; null: last. */
    before: id.nullable(),
    /** A moderator's move: the order, from the head of the lane, that it fixes. */
    pinned: z.array(id).optional(),
  }),
  z.strictObject({
    type: z.literal('prompt.withdrawn'),
    at,
    promptId: id,
    by: id,
    reason: z.literal('REVOKED').optional(),
  }),
  z.strictObject({
    type: z.literal('turn.claimed'),
    at,
    turnId: id,
    promptId: id,
    laneId: id,
    author: person,
    acceptedAt: at,
    /** The prompt's text: pages of the transcript are folded from the turn's own events alone. */
    cell: id,
    length: seq,
    /** Lane `seq` of the question; the answer has the next one. */
    seq: z.number().int().positive(),
    /** In a lane that not everyone reads: the main lane's `seq` that it comes after. */
    after: seq.optional(),
    /** The turn whose part in a wider lane ended as `narrowed`, and the messages it has there. */
    continues: z.strictObject({ turnId: id, questionId: id, answerId: id }).optional(),
    again: id.optional(),
    questionId: id,
    answerId: id,
    model: id,
  }),
  z.strictObject({
    type: z.literal('step.started'),
    at,
    turnId: id,
    step: seq,
    attempt: z.number().int().positive(),
  }),
  z.strictObject({
    type: z.literal('step.committed'),
    at,
    turnId: id,
    step: seq,
    attempt: z.number().int().positive(),
    cell: id,
    length: seq,
    finish: z.enum(['stop', 'length', 'tool-calls', 'content-filter']),
    usage: stepUsage.optional(),
    /** What the model was shown: for the audit. */
    view: stepView.optional(),
  }),
  /** An attempt that came to nothing: what it had said is superseded. */
  z.strictObject({
    type: z.literal('step.failed'),
    at,
    turnId: id,
    step: seq,
    attempt: z.number().int().positive(),
    reason,
    /** When the next attempt begins; absent: there is none, or the server's next start begins it. */
    retryAt: at.optional(),
  }),
  z.strictObject({
    type: z.literal('tool.intent'),
    at,
    turnId: id,
    step: seq,
    /** Place among the calls of its step, from 0. */
    index: seq,
    callId: id,
    tool: z.string().max(200),
    effect: z.enum(TOOL_EFFECTS),
    replay: z.enum(TOOL_REPLAYS),
    argsHash: id,
    /** The arguments as canonical JSON. */
    cell: id,
    /** Whose consent it needs, and until when. */
    approver: z.enum(APPROVERS).optional(),
    expiresAt: at.optional(),
  }),
  z.strictObject({
    type: z.literal('tool.approval'),
    at,
    turnId: id,
    callId: id,
    argsHash: id,
    /** `edited`: another call, with other arguments, stands in its place. */
    decision: z.enum(['allowed', 'denied', 'edited', 'expired']),
    by: person.optional(),
  }),
  z.strictObject({ type: z.literal('tool.dispatched'), at, turnId: id, callId: id }),
  z.strictObject({
    type: z.literal('tool.settled'),
    at,
    turnId: id,
    callId: id,
    outcome: z.enum(CALL_OUTCOMES),
    reason: z.enum(CALL_REASONS).optional(),
    /** The result as JSON when the outcome is `ok`, else a sentence about what went wrong. */
    cell: id,
    length: seq,
  }),
  /** The rest of the turn needs what only the readers of another lane may see: its prompt waits there now. */
  z.strictObject({
    type: z.literal('turn.narrowed'),
    at,
    turnId: id,
    promptId: id,
    intoLaneId: id,
    /** The prompt's text. */
    question: z.strictObject({ cell: id, length: seq, acceptedAt: at }),
    /** The calls that the rest begins with, as JSON. */
    cell: id,
    length: seq,
  }),
  /** The turn leaves its lane to others while it waits, until what it waits for has come or `until`. */
  z.strictObject({ type: z.literal('turn.parked'), at, turnId: id, reason, until: at }),
  z.strictObject({ type: z.literal('turn.resumed'), at, turnId: id }),
  z.strictObject({
    type: z.literal('turn.ended'),
    at,
    turnId: id,
    end: z.enum(TURN_ENDS),
    reason: reason.optional(),
    /** What a cancelled answer had said when it was stopped: shown, and in no view. */
    cell: id.optional(),
    length: seq.optional(),
  }),
  /** A copy of `sourceId` for other readers; nothing is widened in place. */
  z.strictObject({
    type: z.literal('entry.shared'),
    at,
    messageId: id,
    laneId: id,
    seq: z.number().int().positive(),
    after: seq.optional(),
    by: person,
    /** Absent where the source is in another session, of which this one is a fork. */
    fromLaneId: id.optional(),
    sourceId: id,
    role: z.enum(['user', 'assistant']),
    promptId: id,
    turnId: id,
    author: person,
    /** When it was asked what the source is about or answers: when it was said would tell how long others were before it. */
    askedAt: at,
    /** How the source had ended; absent: it was whole. */
    status: z.enum(TURN_ENDS).optional(),
    cell: id,
    length: seq,
  }),
  /** Somebody copied a lane, up to `seq`, into a session of their own. */
  z.strictObject({ type: z.literal('lane.forked'), at, laneId: id, seq, by: id }),
  z.strictObject({
    type: z.literal('entry.retracted'),
    at,
    messageId: id,
    laneId: id,
    by: id,
    cells: z.array(id),
  }),
  /** What the lane's messages up to `throughSeq` come to, as JSON; views hold it in their place. */
  z.strictObject({
    type: z.literal('view.compacted'),
    at,
    laneId: id,
    fromSeq: seq,
    throughSeq: seq,
    /** Ids of the messages that it was made from: taking one of them back destroys it. */
    sources: z.array(id),
    by: z.enum(['model', 'extract']),
    cell: id,
    length: seq,
  }),
  z.strictObject({
    type: z.literal('policy.changed'),
    at,
    by: id,
    /** Names of the workspace's tools that turns of this session do without. */
    withoutTools: z.array(z.string().max(200)),
  }),
])
export type SessionEvent = z.infer<typeof sessionEvent>
export type SessionEventOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>
