import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { codeOf, mayBeAtWork, wasNeverSent } from './connection-lost.ts'
import type { McpDefinition } from './mcp-definition.ts'
import { answerLost, inMcpSession, NoSession } from './mcp-session.ts'
import { type CallContext, type Tool, ToolError } from './tool.ts'
import type { McpServerSettings } from './tool-settings.ts'

/** Characters of the server's own words about what went wrong. */
const WORDS_LENGTH = 500
/** The SDK's codes for an answer that did not come. */
const LOST: readonly number[] = [ErrorCode.ConnectionClosed, ErrorCode.RequestTimeout]

type Pinned = McpServerSettings['tools'][number]

const content = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  resource: z.looseObject({ text: z.string().optional() }).optional(),
})
const callResult = z.looseObject({
  content: z.array(content).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
})

/**
 * A tool of an MCP server, as the admin pinned it. Each call is a session of its own; the call's key and the author go
 * along in `_meta`, as `idempotencyKey` and `colloquy/user`.
 */
export function createMcpTool(
  server: McpServerSettings,
  pinned: Pinned,
  { description, input, output }: McpDefinition,
  clock: Clock,
): Tool {
  const { name: own, sha256: _, ...described } = pinned
  return {
    ...described,
    name: `${server.name}.${own}`,
    description,
    input,
    ...(output ? { output } : {}),
    audience: () => 'everyone',
    async run(args, { key, principal, signal }: CallContext) {
      const _meta = { idempotencyKey: key, 'colloquy/user': principal.userId }
      const params = { name: own, arguments: args, _meta }
      const result = await inMcpSession(server, { signal, clock }, (request) =>
        request('tools/call', params, callResult),
      ).catch(failed)
      return resultOf(result)
    },
  }
}

function resultOf({ content, structuredContent, isError }: z.output<typeof callResult>): unknown {
  const text = content
    .map(({ type, text, resource }) => text ?? resource?.text ?? `[${type} left out]`)
    .join('\n')
  if (isError) throw new ToolError(wordsOf(text) || 'The tool says that it failed, and not why.')
  return structuredContent ?? text
}

/** What a failed call tells people and the turn. */
function failed(error: unknown): never {
  if (error instanceof ToolError) throw error
  // Without the cause: the SDK puts whole answers of the server into its messages, and causes are logged.
  const refusal = (message: string, uncertain = false) => new ToolError(message, { uncertain })
  if (error instanceof NoSession || wasNeverSent(error)) {
    throw refusal(`The tool's server cannot be reached (${whyOf(error)}).`)
  }
  if (error instanceof z.core.$ZodError) {
    throw new ToolError('The tool did its work, but its answer is not what MCP says.', {
      unusable: 'RESULT_INVALID',
    })
  }
  if (error instanceof StreamableHTTPError && (error.code ?? 0) >= 400) {
    throw refusal(`The tool's server answered with status ${error.code}.`, mayBeAtWork(error.code))
  }
  if (error instanceof McpError && !LOST.includes(error.code)) {
    throw refusal(wordsOf(error.message))
  }
  throw answerLost(error)
}

function wordsOf(text: string): string {
  return text.slice(0, WORDS_LENGTH).toWellFormed()
}

/** Why a server does not answer, in a word for people and logs; a message may hold an address. */
export function whyOf(error: unknown): string {
  if (error instanceof NoSession) return whyOf(error.cause)
  if (error instanceof ToolError) return error.message
  if (error instanceof StreamableHTTPError) return `status ${error.code}`
  if (error instanceof McpError) return `MCP error ${error.code}`
  return codeOf(error)
}
