import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { listDefinitions, readDefinition } from './mcp-definition.ts'
import { inMcpSession } from './mcp-session.ts'
import { createMcpTool, whyOf } from './mcp-tool.ts'
import type { Tool } from './tool.ts'
import type { McpServerSettings } from './tool-settings.ts'

/** How long a listing may take, in ms. */
const LISTING_MS = 10_000
/** Between two attempts to get it, in ms: each time twice as long, up to the second. */
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 300_000

/** The pinned tools of an MCP server. */
export interface McpServer {
  /** Those whose definitions are known; once known, they stay as they are. */
  all(): readonly Tool[]
  /** Resolves when the server was asked once, whatever came of it. */
  asked: Promise<void>
  /** Asks no more. */
  close(): void
}

/**
 * Takes the definitions of the pinned tools from the server's listing, under the credential of the settings and never
 * a person's. A server that does not answer is asked again.
 */
export function connectMcpServer(server: McpServerSettings, clock: Clock, log: Log): McpServer {
  const closed = new AbortController()
  let tools: readonly Tool[] = []
  let pause = FIRST_PAUSE_MS

  async function ask(): Promise<void> {
    const late = new AbortController()
    const stop = clock.after(LISTING_MS, () => late.abort())
    const signal = AbortSignal.any([late.signal, closed.signal])
    try {
      const wanted = new Set(server.tools.map(({ name }) => name))
      const listed = await inMcpSession(server, { signal, clock }, (request) =>
        listDefinitions(request, wanted),
      )
      tools = offered(server, listed, clock, log)
    } catch (error) {
      if (!closed.signal.aborted) askLater(error)
    } finally {
      stop()
    }
  }
  function askLater(error: unknown): void {
    log.warn({ mcp: server.name, why: whyOf(error), againInMs: pause }, 'MCP server does not answer')
    const stop = clock.after(pause, () => void ask())
    closed.signal.addEventListener('abort', stop)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }

  return { all: () => tools, asked: ask(), close: () => closed.abort() }
}

function offered(
  server: McpServerSettings,
  listed: ReadonlyMap<string, unknown>,
  clock: Clock,
  log: Log,
): Tool[] {
  return server.tools.flatMap((pinned) => {
    const tool = `${server.name}.${pinned.name}`
    const definition = listed.has(pinned.name)
      ? readDefinition(listed.get(pinned.name))
      : { problem: 'the server does not list it' }
    if ('problem' in definition) {
      log.warn({ tool, problem: definition.problem }, 'MCP tool not offered')
      return []
    }
    const { sha256 } = definition
    if (pinned.sha256 !== undefined && pinned.sha256 !== sha256) {
      log.warn({ tool, sha256, problem: 'its definition is not the pinned one' }, 'MCP tool not offered')
      return []
    }
    log.info({ tool, sha256 }, 'MCP tool offered')
    return [createMcpTool(server, pinned, definition, clock)]
  })
}
