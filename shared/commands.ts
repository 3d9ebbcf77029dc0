import { z } from 'zod'
import { RESOURCE_FORMATS } from './resource-formats.ts'
import { ROLES } from './roles.ts'
import { wordsOf } from './search-words.ts'

// The bodies and queries of the HTTP surface (DESIGN §10): strict, so an unknown field is refused.

const commandId = z.uuid().describe('Chosen by the client; the same id with the same body acts once.')
// Things are kept by id in plain objects, which have these already.
const id = z
  .string()
  .min(1)
  .max(200)
  .refine((given) => !(given in Object.prototype), 'is a reserved word')
const noControl = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u
const title = z.string().trim().min(1).max(200).regex(noControl, 'no control characters')
/** A display name: shown beside the immutable id, never used as identity. */
export const personName = z.string().trim().min(1).max(60).regex(noControl, 'no control characters')
/** Readers as a person names them: userIds and `group:<id>`; whoever asks is always among them. */
const audience = z
  .union([z.literal('everyone'), z.array(id).max(200)])
  .describe('`everyone`, now and later, or userIds and `group:<id>`; whoever asks is always among them.')
const promptText = z
  .string()
  .min(1)
  .refine((text) => text.trim() !== '', 'must hold more than white space')

export const createSession = z.strictObject({ commandId, title: title.optional() })
export const submitPrompt = z.strictObject({
  commandId,
  text: promptText,
  audience: audience.optional().describe('Who may read the question and its answer; without it everyone.'),
  seenSeq: z.number().int().nonnegative().optional().describe('The last lane seq its author had seen.'),
  model: z.string().min(1).max(200).optional(),
})
export const editPrompt = z.strictObject({ commandId, text: promptText })
export const movePrompt = z.strictObject({ commandId, before: id.nullable() })
export const cancelTurn = z.strictObject({ commandId })
export const decideCall = z.discriminatedUnion('decision', [
  z.strictObject({ commandId, decision: z.enum(['allow', 'deny']), argsHash: id }),
  z
    .strictObject({
      commandId,
      decision: z.literal('edit'),
      argsHash: id,
      args: z.record(z.string(), z.unknown()),
    })
    .describe('Its author alone: the call ends, and one with these arguments waits for approval.'),
])
export const makeInvite = z.strictObject({
  commandId,
  role: z.enum(ROLES),
  expiresIn: z
    .number()
    .int()
    .min(1000)
    .max(30 * 86_400_000)
    .describe('ms until it expires'),
  uses: z.number().int().min(1).max(1000),
})
export const acceptInvite = z.strictObject({ commandId, name: personName.optional() })
export const setWorkspace = z.strictObject({
  commandId,
  name: title.optional(),
  systemText: z.string().max(16_000).optional().describe('What every turn tells the model about this team.'),
  tools: z
    .array(z.string().min(1).max(200))
    .max(200)
    .nullable()
    .optional()
    .describe('Names of the tools that turns offer; null: all that the server has.'),
})
export const shareMessage = z.strictObject({ commandId, audience })
export const regenerate = z.strictObject({ commandId, model: z.string().min(1).max(200).optional() })
export const renameSession = z.strictObject({ commandId, title })
export const forkLane = z.strictObject({
  commandId,
  laneId: id,
  seq: z.number().int().positive().describe('The last message that is copied.'),
  title: title.optional(),
})
export const stopMember = z.strictObject({ commandId })
export const setPolicy = z.strictObject({
  commandId,
  withoutTools: z
    .array(z.string().min(1).max(200))
    .max(200)
    .describe('Names of tools that turns of this session do without.'),
})
export const putResource = z.strictObject({
  commandId,
  title,
  text: z.string().describe('Text, Markdown, CSV or JSON.'),
  format: z.enum(RESOURCE_FORMATS).optional().describe('What the text is; without it plain text.'),
  audience,
  sessionId: id
    .optional()
    .describe('Binds it to a session, as what is attached to prompts is: `everyone` is then everyone there.'),
})
export const setReaders = z.strictObject({ commandId, audience })
const grantees = z.union([z.literal('everyone'), z.array(id).max(200)])
export const setGrant = z.strictObject({
  commandId,
  use: grantees.describe('Whose turns may call the tool.'),
  approve: grantees.describe('Who may allow its calls, of those whom the tool asks.'),
})
export const setMember = z.strictObject({ commandId, role: z.enum(ROLES) })
export const makeTicket = z.strictObject({ sessionId: id })

/** Query of every DELETE. */
export const commandQuery = z.strictObject({ commandId })
export const messagesQuery = z.strictObject({ before: z.coerce.number().int().positive().optional() })
export const auditQuery = z.strictObject({
  before: z.coerce.number().int().positive().optional().describe('Of the page before this one.'),
})
export const viewQuery = z.strictObject({ lane: id.optional().describe('Without it the lane of everyone.') })
/** Characters of a query, as people count them: an emoji is one. */
const QUERY_LENGTH = 200
export const searchQuery = z.strictObject({
  q: z
    .string()
    .refine((text) => [...text.slice(0, 2 * QUERY_LENGTH + 1)].length <= QUERY_LENGTH, 'is too long')
    .refine((text) => wordsOf(text).length > 0, 'must hold a word')
    .describe('At most 200 characters. All of its words must stand in a message, without case and accents.'),
  session: id.optional().describe('Without it all of my sessions.'),
  before: z.string().max(12_000).optional().describe('The `next` of the answer before.'),
})
export const exportQuery = z.strictObject({ format: z.enum(['md', 'json']) })
