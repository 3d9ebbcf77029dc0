import { APPROVERS, type Audience, TOOL_EFFECTS, TOOL_REPLAYS } from '@colloquy/shared'
import { z } from 'zod'
import { userIdShape } from '../access/claims.ts'
import { type ReadSchema, readArgsSchema, readJsonSchema } from './json-schema.ts'

// What an admin says of tools that live elsewhere. Messages follow the place where something is wrong, and hold no
// value: values may be secrets.

/** In ms; more than a connection waits for an answer at all. */
const LONGEST_TIMEOUT = 300_000
/** What the request says of itself; no setting may say otherwise. */
const OWN_HEADERS = new Set([
  ...['accept', 'connection', 'content-length', 'content-type', 'expect', 'host', 'keep-alive', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'idempotency-key', 'colloquy-user'],
  ...['mcp-session-id', 'mcp-protocol-version', 'last-event-id'],
])

const oneOf = (words: readonly string[]) => ({ error: `must be ${words.join(' or ')}` })
const approver = z.enum(APPROVERS, oneOf(APPROVERS)).exactOptional()
const effect = z.enum(TOOL_EFFECTS, oneOf(TOOL_EFFECTS))
const replay = z.enum(TOOL_REPLAYS, oneOf(TOOL_REPLAYS))

const name = (most: number) => {
  const error = `must be at most ${most} letters, digits, and . _ -`
  return z.string({ error }).regex(new RegExp(`^[\\w.-]{1,${most}}$`), { error })
}

const timeoutError = { error: `must be a whole number of ms from 1 to ${LONGEST_TIMEOUT}` }
const timeout = z.int(timeoutError).min(1, timeoutError).max(LONGEST_TIMEOUT, timeoutError).exactOptional()

const url = z
  .string({ error: 'must be an http(s) URL' })
  .refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), { error: 'must be an http(s) URL' })
  .refine((value) => !hasPassword(value), { error: 'must not hold a password: that goes into headers' })

const headerValue = z
  .string({ error: 'must be text' })
  .regex(/^[\x20-\x7e]*$/, { error: 'holds a character that no header has' })
const headers = z
  .record(z.string(), headerValue, { error: 'must be an object of names and values' })
  .superRefine((given, context) => {
    for (const header of Object.keys(given)) {
      const message = headerProblem(header)
      if (message) context.addIssue({ code: 'custom', path: [header], message })
    }
  })
  .exactOptional()

const audienceError = { error: 'must be everyone or a list of userIds' }
const audience = z
  .union([z.literal('everyone'), z.array(userIdShape).min(1, audienceError)], audienceError)
  .transform((given): Audience => (given === 'everyone' ? given : [...new Set(given)].sort()))
  .exactOptional()

const schemaRead = (read: (json: unknown) => ReadSchema) =>
  z.unknown().transform((json, context) => {
    const result = read(json)
    if ('schema' in result) return result.schema
    context.addIssue({ code: 'custom', message: result.problem })
    return z.NEVER
  })

const httpTool = known('a tool', {
  name: name(64),
  description: z
    .string({ error: 'must say what the tool does' })
    .trim()
    .min(1, { error: 'must say what the tool does' })
    .max(4_000, { error: 'must have at most 4000 characters' }),
  url,
  input: schemaRead(readArgsSchema),
  output: schemaRead(readJsonSchema).exactOptional(),
  effect,
  replay,
  approver,
  timeout,
  headers,
  probeUrl: url.exactOptional(),
  audience,
})

const mcpTool = known('a pinned tool', {
  name: name(62),
  effect,
  replay,
  approver,
  timeout,
  sha256: z
    .string({ error: 'must be 64 hex digits' })
    .regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hex digits' })
    .exactOptional(),
})

const mcpServer = known('a server', {
  name: name(62),
  url,
  headers,
  tools: z
    .array(mcpTool, { error: 'must be a list of the tools to offer' })
    .min(1, { error: 'must name a tool' })
    .max(200, { error: 'must have at most 200 entries' }),
}).superRefine(({ name, tools }, context) => {
  for (const [at, tool] of tools.entries()) {
    if (`${name}.${tool.name}`.length <= 64) continue
    const message = "must be shorter: with the server's name it has more than 64 characters"
    context.addIssue({ code: 'custom', path: ['tools', at, 'name'], message })
  }
})

/** A tool that is an HTTP endpoint of its own. */
export type HttpToolSettings = z.output<typeof httpTool>
/** Tools of a server that speaks MCP (streamable HTTP). */
export type McpServerSettings = z.output<typeof mcpServer>

export const httpTools = z
  .array(httpTool, { error: 'must be a list of tools' })
  .max(200, { error: 'must have at most 200 entries' })
export const mcpServers = z
  .array(mcpServer, { error: 'must be a list of servers' })
  .max(50, { error: 'must have at most 50 entries' })

/** Nothing but these keys; a wrong one is named, with those there are. */
function known<T extends z.core.$ZodLooseShape>(what: string, shape: T) {
  const keys = Object.keys(shape).join(', ')
  return z.strictObject(shape, {
    error: ({ code, ...issue }) =>
      code === 'unrecognized_keys' && 'keys' in issue
        ? `has ${String(issue.keys)}; ${what} has: ${keys}`
        : `must be ${what}: an object of ${keys}`,
  })
}

function headerProblem(header: string): string | null {
  if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(header)) return 'is not the name of a header'
  return OWN_HEADERS.has(header.toLowerCase()) ? 'is a header that the server sets itself' : null
}

function hasPassword(value: string): boolean {
  const read = URL.parse(value)
  return read !== null && (read.username !== '' || read.password !== '')
}

/** What a server's own tools are made from; `Settings` has it. */
export interface ToolSettings {
  tools: readonly HttpToolSettings[]
  mcp: readonly McpServerSettings[]
  /** Origins that `web.fetch` may reach although they are private. */
  webAllow: readonly string[]
}
