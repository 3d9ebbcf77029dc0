import { ColloquyError, flows } from '@colloquy/shared'
import { z } from 'zod'
import type { Resources } from '../access/resources.ts'
import type { Resource } from '../access/workspace-state.ts'
import { type Score, scoreOf, snippetOf, termsOf } from './resource-score.ts'
import { type CallContext, type Tool, ToolError } from './tool.ts'

/** Characters of a text that one reading returns: with each of them escaped, still less than a result may have. */
const READ_LENGTH = 32_000
/** Resources that a search names: with the longest titles, still less than a result may have. */
const LISTED = 20
/** Texts that are searched before others have their turn: one of a kind that is slow to search takes a millisecond. */
const AT_ONCE = 16

/** The tools `resource.search` and `resource.read`, on what people of the workspace share with each other. */
export function createResourceTools(resources: Resources): Tool[] {
  return [readTool(resources), searchTool(resources)]
}

interface ReadArgs {
  id: string
  from?: number | undefined
}

function readTool(resources: Resources): Tool<ReadArgs> {
  return {
    name: 'resource.read',
    description:
      "Reads one of the team's resources: texts, Markdown, CSV and JSON that people keep in the workspace or attach to " +
      'what they ask. A link such as `[report.pdf](resource:report-x1)` in a message names what is attached to it: read ' +
      'it by the id after `resource:`. It returns at most 32,000 characters; `next` says where to go on when there are ' +
      'more.',
    input: z.strictObject({
      id: z.string().min(1).max(200).describe('The id, as a search or a link gives it.'),
      from: z.number().int().nonnegative().optional().describe('The character to begin with; 0 without it.'),
    }),
    effect: 'read',
    replay: 'safe',
    // For what the asker may not read, the same as for what does not exist.
    audience: ({ id }, { principal: { userId }, readers, sessionId }) => {
      const found = resources.find(userId, id, sessionId)
      if (!found) return readers
      // Somebody whom the lane reaches has lost the group by which they had it: only the asker is sure to have it.
      const lapsed =
        flows(found.readers.audience, readers.audience) && !resources.isFor(found, userId, readers, sessionId)
      return lapsed ? [userId] : found.readers
    },
    async run({ id, from = 0 }, { principal: { userId }, readers, sessionId }) {
      const found = await resources.read(userId, id, only(sessionId)).catch(storeFailed)
      if (!found) throw new ToolError('There is no such resource.')
      const { resource, text } = found
      if (!resources.isFor(resource, userId, readers, sessionId)) {
        throw new ToolError(
          'The readers of this resource have changed since the call was prepared. Call again.',
        )
      }
      return { ...about(resource), length: text.length, ...pageOf(text, from) }
    },
  }
}

interface SearchArgs {
  query: string
  mine?: boolean | undefined
}

function searchTool(resources: Resources): Tool<SearchArgs> {
  return {
    name: 'resource.search',
    description:
      "Searches the team's resources: texts, Markdown, CSV and JSON that people keep in the workspace or have attached " +
      'in this conversation. It finds what everybody who reads this conversation may read. With `mine` it finds all that the person who asks may read, and ' +
      'goes on in private with them alone: only when they ask for their own or private resources.',
    input: z.strictObject({
      query: z.string().min(1).max(200).describe('Words to look for.'),
      mine: z
        .boolean()
        .optional()
        .describe('True: all that the person who asks may read, answered in private.'),
    }),
    effect: 'read',
    replay: 'safe',
    audience: ({ mine }, { principal, readers }) => (mine ? [principal.userId] : readers),
    async run({ query }, call) {
      const terms = termsOf(query)
      if (terms.length === 0) throw new ToolError('There is no word in this query.')
      const hits = await hitsOf(resources, terms, call).catch(storeFailed)
      const best = hits.sort(byScore).slice(0, LISTED)
      const more = hits.length - best.length
      return { results: best.map(shown), ...(more > 0 ? { more } : {}) }
    },
  }
}

interface Hit extends Score {
  resource: Resource
  snippet: string
}

/** One text after the other: together they may be more than the memory holds. */
async function hitsOf(resources: Resources, terms: string[], call: CallContext): Promise<Hit[]> {
  const { sessionId, readers } = call
  const { userId } = call.principal
  const isOpen = (resource: Resource) => resources.isFor(resource, userId, readers, sessionId)
  const hits: Hit[] = []
  for (const [index, resource] of (await resources.list(userId, only(sessionId))).filter(isOpen).entries()) {
    if (index % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
    call.signal.throwIfAborted()
    const text = await resources.text(resource)
    const score = text === null ? null : scoreOf(resource.title, text, terms)
    if (text !== null && score) hits.push({ resource, ...score, snippet: snippetOf(text, score.at) })
  }
  // Readers may have changed while the others were read.
  return hits.filter(({ resource }) => isOpen(resource))
}

/** The turn's author is a member of its session, and asks as nothing more. */
function only(sessionId: string): () => ReadonlySet<string> {
  return () => new Set([sessionId])
}

function byScore(a: Hit, b: Hit): number {
  return (
    b.score - a.score || compare(a.resource.title, b.resource.title) || compare(a.resource.id, b.resource.id)
  )
}

/** By code units: the order is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function shown({ resource: { id, title, format }, snippet }: Hit) {
  return { id, title, format, snippet }
}

/** A time as text: models misread a number. */
function about({ id, title, format, by, updatedAt }: Resource) {
  return { id, title, format, by: by.name, updatedAt: new Date(updatedAt).toISOString() }
}

function pageOf(text: string, from: number) {
  const start = isInPair(text, from) ? from - 1 : from
  const most = Math.min(text.length, start + READ_LENGTH)
  const end = isInPair(text, most) ? most - 1 : most
  return { from: start, text: text.slice(start, end), ...(end < text.length ? { next: end } : {}) }
}

/** True between the halves of a surrogate pair. */
function isInPair(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff
}

function storeFailed(error: unknown): never {
  if (!(error instanceof ColloquyError)) throw error
  throw new ToolError(error.message, { cause: error })
}
