import { z } from 'zod'
import { TURN_ENDS } from './events.ts'
import { RESOURCE_FORMATS } from './resource-formats.ts'
import { ROLES } from './roles.ts'
import { APPROVERS, CALL_OUTCOMES, CALL_REASONS, TOOL_EFFECTS } from './tools.ts'

// The answers of the HTTP surface (DESIGN §10).

const ms = z.number().int()
const role = z.enum(ROLES)
const audience = z.union([z.literal('everyone'), z.array(z.string())])
const personAnswer = z.strictObject({ id: z.string(), name: z.string() })

export const errorAnswer = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
})
export const memberAnswer = z.strictObject({ userId: z.string(), name: z.string(), role })
export const laneAnswer = z.strictObject({
  laneId: z.string(),
  audience,
  doc: z.string().describe('Name of the lane doc; opaque.'),
  board: z.string().describe('Name of the board beside it; opaque.'),
})
export const sessionAnswer = z.strictObject({
  id: z.string(),
  title: z.string(),
  role,
  members: z.array(memberAnswer),
  lanes: z.array(laneAnswer).describe('Those that I read.'),
  groups: z
    .array(z.strictObject({ id: z.string(), members: z.array(z.string()) }))
    .describe('Groups that have somebody here, with their userIds; told to no guest.'),
  withoutTools: z.array(z.string()).describe('Tools of the workspace that turns here do without.'),
})
export const sessionListAnswer = z.strictObject({
  sessions: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      createdAt: ms,
      activeAt: ms,
      role: role.optional().describe('Mine; absent where the index does not know it yet.'),
      lanes: z
        .array(z.strictObject({ laneId: z.string(), lastSeq: z.number().int() }))
        .describe('Those that I read, and the seq of the last message of each; 0: none yet.'),
      here: z.array(personAnswer).describe('Who has it open now, as all its members see.'),
    }),
  ),
})
export const promptAnswer = z.strictObject({
  promptId: z.string(),
  laneId: z.string(),
  position: z.number().int().describe('1: next to run'),
})
/** Where a prompt is: `end` once it has one; a withdrawn prompt ends as `withdrawn`. */
export const promptStateAnswer = z.strictObject({
  promptId: z.string(),
  laneId: z.string(),
  state: z.enum(['waiting', 'held', 'running', 'ended']),
  end: z.enum([...TURN_ENDS, 'withdrawn']).optional(),
})
export const okAnswer = z.strictObject({ ok: z.literal(true) })
export const inviteAnswer = z.strictObject({ code: z.string(), url: z.string(), expiresAt: ms })
export const invitesAnswer = z.strictObject({
  invites: z
    .array(
      z.strictObject({
        inviteId: z.string().describe('Names the invite, and lets nobody in.'),
        role,
        by: personAnswer,
        at: ms,
        usesLeft: z.number().int(),
        expiresAt: ms,
      }),
    )
    .describe('Those that still let somebody in, newest first.'),
})
/** What an invite shows before it is accepted, to whoever has its code. */
export const invitePreviewAnswer = z.strictObject({
  sessionId: z.string(),
  title: z.string(),
  role,
  invitedBy: z.string().describe('A name.'),
  members: z.array(z.string()).describe('Names of who is in.'),
  expiresAt: ms,
})
const toolAnswer = z.strictObject({
  name: z.string(),
  description: z.string(),
  effect: z.enum(TOOL_EFFECTS),
  approver: z.enum(APPROVERS).optional().describe('Whose consent each call needs.'),
})
/** What the workspace offers to everybody who signs in. */
export const workspaceAnswer = z.strictObject({
  name: z.string(),
  models: z.array(z.string()).describe('What a prompt may name; the first is the default.'),
  tools: z.array(toolAnswer).describe('What turns may call.'),
  systemText: z.string().optional().describe('Told to admins only.'),
  allTools: z
    .array(toolAnswer)
    .optional()
    .describe('All that the server has, whether turns may call them or not; told to admins only.'),
  pinned: z
    .array(z.string())
    .nullable()
    .optional()
    .describe(
      'Names of the tools that an admin chose, some of which may be away; null: all. Told to admins only.',
    ),
})
export const meAnswer = z.strictObject({
  userId: z.string(),
  name: z.string(),
  admin: z.boolean(),
  guest: z.boolean().describe('True for a person that an invite made.'),
  expiresAt: ms,
})
export const acceptedAnswer = z.strictObject({
  sessionId: z.string(),
  userId: z.string(),
  role,
  token: z.string().optional().describe('The credential, where the caller had none.'),
})
export const ticketAnswer = z.strictObject({ ticket: z.string(), expiresAt: ms })
const messageMetadata = z.strictObject({
  seq: z.number().int(),
  promptId: z.string(),
  turnId: z.string(),
  author: personAnswer,
  at: ms,
  endedAt: ms.optional(),
  after: z.number().int().optional(),
  status: z.enum([...TURN_ENDS, 'streaming', 'superseded']),
  waiting: z.strictObject({ reason: z.string(), at: ms, until: ms }).optional(),
  reason: z.string().optional(),
  model: z.string().optional(),
  region: z.string().optional(),
  usage: z
    .strictObject({ inputTokens: z.number().optional(), outputTokens: z.number().optional() })
    .optional(),
  continues: z.string().optional(),
  again: z.string().optional(),
  shared: z.strictObject({ by: personAnswer, at: ms, messageId: z.string() }).optional(),
  retractedAt: ms.optional(),
})
const textPart = z.strictObject({
  type: z.literal('text'),
  text: z.string(),
  continues: z.literal(true).optional(),
})
const toolPart = z.strictObject({
  type: z.literal('dynamic-tool'),
  toolName: z.string(),
  toolCallId: z.string(),
  state: z.enum([
    'input-available',
    'approval-requested',
    'approval-responded',
    'output-available',
    'output-error',
    'output-denied',
  ]),
  input: z.unknown(),
  output: z.unknown().optional(),
  errorText: z.string().optional(),
  approval: z
    .strictObject({ id: z.string(), approved: z.boolean().optional(), reason: z.string().optional() })
    .optional(),
  toolMetadata: z.strictObject({
    step: z.number().int(),
    effect: z.enum(TOOL_EFFECTS),
    argsHash: z.string(),
    approver: z.enum(APPROVERS).optional(),
    expiresAt: ms.optional(),
    decidedBy: personAnswer.optional(),
    dispatchedAt: ms.optional(),
    dispatches: z.number().int().optional(),
    outcome: z.enum(CALL_OUTCOMES).optional(),
    reason: z.enum(CALL_REASONS).optional(),
    settledAt: ms.optional(),
    outputLength: z.number().int().optional(),
  }),
})
export const messageAnswer = z.strictObject({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  metadata: messageMetadata,
  parts: z.array(z.discriminatedUnion('type', [textPart, toolPart])),
})
export const messagesAnswer = z.strictObject({
  messages: z.array(messageAnswer),
  before: z.number().int().nullable().describe('Ask with it for the page before this one; null: none.'),
})
export const searchHit = z.strictObject({
  sessionId: z.string(),
  title: z.string().describe('Of the session.'),
  messageId: z.string(),
  laneId: z.string(),
  seq: z.number().int(),
  audience,
  readers: z
    .array(personAnswer)
    .describe('Of a lane that not everyone reads: those of its audience who are members now.'),
  role: z.enum(['user', 'assistant']),
  author: personAnswer.describe('Who asked.'),
  at: ms.describe('When it was written here; of a copy, when it was shared.'),
  excerpt: z.string().describe('At most 200 characters around the first place that was found.'),
  marks: z
    .array(z.tuple([z.number().int(), z.number().int()]))
    .describe('Where the words stand in the excerpt: from, to (exclusive), in UTF-16 units.'),
})
export const searchAnswer = z.strictObject({
  hits: z.array(searchHit).describe('Session by session, last active first; in each the newest first.'),
  next: z.string().nullable().describe('Ask with it as `before` to go on, also after no hits; null: none.'),
  notRead: z.number().int().describe('Sessions that could not be read just now.'),
})
export const sharedAnswer = z.strictObject({
  messageId: z.string().describe('Of the copy.'),
  laneId: z.string(),
})
export const resourceAnswer = z.strictObject({
  id: z.string(),
  title: z.string(),
  format: z.enum(RESOURCE_FORMATS),
  audience,
  sessionId: z.string().optional().describe('Only members of this session read it; absent: bound to none.'),
  by: personAnswer,
  length: z.number().int().describe('Characters of the text.'),
  updatedAt: ms,
})
export const resourcesAnswer = z.strictObject({
  resources: z.array(resourceAnswer).describe('What I may read, newest first.'),
})
export const resourceTextAnswer = resourceAnswer.extend({ text: z.string() })
const grantees = z.union([z.literal('everyone'), z.array(z.string())])
export const grantAnswer = z.strictObject({ tool: z.string(), use: grantees, approve: grantees })
export const peopleAnswer = z.strictObject({
  people: z
    .array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        admin: z.boolean(),
        guest: z.boolean().describe('True for a person that an invite made.'),
        groups: z.array(z.string()).describe('As their newest token says.'),
      }),
    )
    .describe('Everybody who has signed in, by name.'),
})
export const grantsAnswer = z.strictObject({ grants: z.array(grantAnswer) })
export const exportTurn = z.strictObject({
  turnId: z.string(),
  promptId: z.string(),
  author: z.string(),
  laneId: z.string(),
  acceptedAt: ms,
  claimedAt: ms,
  endedAt: ms.nullable(),
  end: z.enum(TURN_ENDS).nullable(),
  attempts: z.number().int(),
})
export const exportAnswer = z.strictObject({
  session: z.strictObject({ id: z.string(), title: z.string() }),
  messages: z.array(messageAnswer),
  turns: z.array(exportTurn),
})

export type SessionAnswer = z.infer<typeof sessionAnswer>
export type InvitesAnswer = z.infer<typeof invitesAnswer>
export type PeopleAnswer = z.infer<typeof peopleAnswer>
export type SessionListAnswer = z.infer<typeof sessionListAnswer>
export type PromptAnswer = z.infer<typeof promptAnswer>
export type PromptStateAnswer = z.infer<typeof promptStateAnswer>
export type InviteAnswer = z.infer<typeof inviteAnswer>
export type InvitePreviewAnswer = z.infer<typeof invitePreviewAnswer>
export type WorkspaceAnswer = z.infer<typeof workspaceAnswer>
export type MeAnswer = z.infer<typeof meAnswer>
export type AcceptedAnswer = z.infer<typeof acceptedAnswer>
export type TicketAnswer = z.infer<typeof ticketAnswer>
export type MessagesAnswer = z.infer<typeof messagesAnswer>
export type SearchHit = z.infer<typeof searchHit>
export type SearchAnswer = z.infer<typeof searchAnswer>
export type SharedAnswer = z.infer<typeof sharedAnswer>
export type ResourceAnswer = z.infer<typeof resourceAnswer>
export type ResourceTextAnswer = z.infer<typeof resourceTextAnswer>
export type GrantsAnswer = z.infer<typeof grantsAnswer>
export type GrantAnswer = z.infer<typeof grantAnswer>
export type ExportAnswer = z.infer<typeof exportAnswer>
export type ExportTurn = z.infer<typeof exportTurn>
