import { z } from 'zod'

// The answer of `GET …/view`: what the assistant would see for a next prompt in a lane, over what the caller reads.

const count = z.number().int().nonnegative()
const person = z.strictObject({ id: z.string(), name: z.string() })

/** Why a message is not in the view. */
export const VIEW_WHYS = ['NOT_DONE', 'RETRACTED', 'BUDGET', 'SUMMARISED', 'OTHER_READERS'] as const
export type ViewWhy = (typeof VIEW_WHYS)[number]

/** Messages that the answer lists. */
export const VIEW_LISTED = 1_000

export const viewMessage = z.strictObject({
  messageId: z.string(),
  laneId: z.string(),
  seq: count,
  role: z.enum(['user', 'assistant']),
  author: person.describe('Who asked: of the question, and of its answer.'),
  tokens: count.describe('About what it takes, or would take.'),
  in: z.boolean(),
  why: z.enum(VIEW_WHYS).optional().describe('Why it is not in.'),
})
export const viewSummary = z.strictObject({
  laneId: z.string(),
  fromSeq: count,
  throughSeq: count,
  by: z.enum(['model', 'extract']),
  tokens: count,
  claims: z.array(
    z.strictObject({
      text: z.string(),
      authors: z.array(z.string()).describe('userIds; nobody: the assistant.'),
      sources: z.array(z.string()).describe('Ids of the messages that it comes from.'),
    }),
  ),
})
export const viewRepeat = z.strictObject({
  messageId: z.string(),
  author: z.string().describe('userId of who repeated it.'),
  sameAs: z.string().describe('The message that holds it.'),
  characters: count,
  saved: count.describe('Tokens.'),
})
export const viewAnswer = z.strictObject({
  laneId: z.string(),
  messages: z
    .strictObject({ in: count, of: count })
    .describe('In the view, of all in the lanes that I read.'),
  tokens: z.strictObject({ used: count, budget: count, saved: count }).describe('Estimates.'),
  lanes: z
    .array(z.strictObject({ laneId: z.string(), in: count, of: count, tokens: count, budget: count }))
    .describe('What goes into the view, in its order.'),
  listed: z.array(viewMessage).describe(`The latest ones, at most ${VIEW_LISTED}.`),
  unlisted: count.describe('Messages that are counted and not listed.'),
  summaries: z.array(viewSummary).describe('What stands in place of older messages.'),
  repeats: z.array(viewRepeat).describe('Words that are in the view once.'),
})
export type ViewAnswer = z.infer<typeof viewAnswer>
export type ViewMessage = z.infer<typeof viewMessage>
