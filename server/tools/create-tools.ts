import type { Resources } from '../access/resources.ts'
import type { WorkspaceStream } from '../access/workspace-stream.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { createHttpTool } from './http-tool.ts'
import { createNoteTools } from './notes.ts'
import { createResourceTools } from './resources.ts'
import type { Tool } from './tool.ts'
import type { ToolSettings } from './tool-settings.ts'
import { createWebFetch } from './web-fetch.ts'

/** How long the server's start waits for MCP servers to list their tools, in ms: a slow one is offered later. */
const START_MS = 3_000

/** All that the server can do for its turns. */
export interface Tools {
  /** By no particular order; grows when an MCP server answers at last. */
  all(): readonly Tool[]
  close(): void
}

interface Parts {
  stream: WorkspaceStream
  resources: Resources
  clock: Clock
  log: Log
}

/** The built-in tools, and those of the settings. Never fails, and never waits for long. */
export async function createTools(
  settings: ToolSettings,
  { stream, resources, clock, log }: Parts,
): Promise<Tools> {
  const own = [
    ...createNoteTools(stream, clock),
    ...createResourceTools(resources),
    createWebFetch({ allow: settings.webAllow }),
    ...settings.tools.map(createHttpTool),
  ]
  const servers = await connectAll(settings, clock, log)
  return {
    all: () => [...own, ...servers.flatMap((server) => server.all())],
    close() {
      for (const server of servers) server.close()
    },
  }
}

async function connectAll({ mcp }: ToolSettings, clock: Clock, log: Log) {
  if (mcp.length === 0) return []
  // The SDK is large: only who uses it waits for it.
  const { connectMcpServer } = await import('./mcp-server.ts')
  const servers = mcp.map((server) => connectMcpServer(server, clock, log))
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const stop = clock.after(START_MS, resolve)
  await Promise.race([late, Promise.all(servers.map(({ asked }) => asked))])
  stop()
  return servers
}
