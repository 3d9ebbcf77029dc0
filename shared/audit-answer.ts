import { z } from 'zod'
import { TURN_ENDS, TURN_REASONS } from './events.ts'
import { ROLES } from './roles.ts'
import { APPROVERS, CALL_OUTCOMES, CALL_REASONS, TOOL_EFFECTS } from './tools.ts'

// The answer of `GET …/audit`: what was done in a session, without any word that people or models wrote.

const ms = z.number().int()
const role = z.enum(ROLES)
const person = z.strictObject({ id: z.string(), name: z.string() })
const messageId = z.string()

/** `by`: whose act it was, or whose turn. */
const item = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), at: ms, by: person.optional(), ...shape })
const inLane = { laneId: z.string() }
const ofPrompt = { ...inLane, promptId: z.string() }
const ofTurn = { ...ofPrompt, turnId: z.string() }
const ofCall = { ...ofTurn, callId: z.string() }

export const auditItem = z.discriminatedUnion('type', [
  item('session.created', {}),
  item('session.renamed', {}),
  item('member.changed', {
    userId: z.string(),
    role: role.nullable().describe('null: no longer a member.'),
    inviteId: z.string().optional().describe('The invite that they came in by.'),
  }),
  item('invite.made', { inviteId: z.string(), role, uses: z.number().int(), expiresAt: ms }),
  item('invite.ended', { inviteId: z.string() }),
  item('policy.changed', { withoutTools: z.array(z.string()) }),
  item('lane.opened', inLane),
  item('lane.forked', { ...inLane, seq: z.number().int().describe('The last message that was copied.') }),
  item('prompt.accepted', { ...ofPrompt, again: messageId.optional().describe('The question asked again.') }),
  item('prompt.edited', ofPrompt),
  item('prompt.moved', ofPrompt),
  item('prompt.withdrawn', { ...ofPrompt, reason: z.literal('REVOKED').optional() }),
  item('turn.claimed', ofTurn),
  item('turn.ended', { ...ofTurn, end: z.enum(TURN_ENDS), reason: z.enum(TURN_REASONS).optional() }),
  item('tool.intent', {
    ...ofCall,
    tool: z.string().describe('Empty where the model named none that could be one.'),
    effect: z.enum(TOOL_EFFECTS),
    argsHash: z.string().describe("Keyed with the server's secret."),
    approver: z.enum(APPROVERS).optional().describe('Whose consent it needed.'),
  }),
  item('tool.approval', { ...ofCall, decision: z.enum(['allowed', 'denied', 'edited', 'expired']) }),
  item('tool.settled', {
    ...ofCall,
    outcome: z.enum(CALL_OUTCOMES),
    reason: z.enum(CALL_REASONS).optional(),
  }),
  item('entry.shared', {
    ...inLane,
    messageId,
    sourceId: messageId,
    fromLaneId: z.string().optional().describe('Where I read that lane, too.'),
  }),
  item('entry.retracted', { ...inLane, messageId }),
])
export const auditAnswer = z.strictObject({
  items: z.array(auditItem).describe('What was done where I read, newest first.'),
  before: z.number().int().nullable().describe('Ask with it for the page before this one; null: none.'),
  elsewhere: z
    .array(
      z.strictObject({ day: z.string().describe('UTC, such as 2026-11-26.'), prompts: z.number().int() }),
    )
    .describe('In all lanes that I do not read: prompts of each day that is over, newest first.'),
})
export type AuditAnswer = z.infer<typeof auditAnswer>
export type AuditItem = z.infer<typeof auditItem>
