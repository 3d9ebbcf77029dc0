import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  type EventStore,
  StreamableHTTPServerTransport,
} from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type ListToolsResult,
} from '@modelcontextprotocol/sdk/types.js'
import { systemClock } from '../clock.ts'

/** What came to the server: a JSON-RPC method, or the HTTP method of a request that has none. */
export interface McpRequestSeen {
  method: string
  headers: IncomingMessage['headers']
  session: string | undefined
}
export interface McpCall {
  name: string
  arguments?: Record<string, unknown> | undefined
  _meta?: Record<string, unknown> | undefined
}

export interface CallExtra {
  signal: AbortSignal
  /** Hangs up before the answer: who asked has to ask for the rest. */
  closeSSEStream?: (() => void) | undefined
}

/** A real MCP server on a local port; what it says and how it fails is a test's to change. */
export interface McpFixture {
  url: string
  requests: McpRequestSeen[]
  calls: McpCall[]
  /** Sessions that began and have not been ended. */
  sessions: Map<string, StreamableHTTPServerTransport>
  list: (cursor: string | undefined) => object
  call: (call: McpCall, extra: CallExtra) => object | Promise<object>
  /** Takes a request out of the server's hands when it returns true. */
  sabotage: (req: IncomingMessage, res: ServerResponse, method: string) => boolean
  /** Answers as plain JSON in place of a stream. */
  json: boolean
  /** Names the events of its streams, so that what is missed can be had. */
  events: EventStore | null
  /** Keeps sessions; else each request stands alone. */
  stateful: boolean
  close(): Promise<void>
}

export const SEARCH = {
  name: 'search',
  description: 'Searches the wiki.',
  inputSchema: { type: 'object', properties: { for: { type: 'string' } }, required: ['for'] },
}

export async function startMcp(): Promise<McpFixture> {
  const http = createServer((req, res) => {
    serve(fixture, req, res).catch(() => res.destroy())
  })
  const fixture: McpFixture = {
    ...{ url: '', requests: [], calls: [], sessions: new Map(), json: false, stateful: true, events: null },
    list: () => ({ tools: [SEARCH] }),
    call: () => ({ content: [{ type: 'text', text: 'found' }] }),
    sabotage: () => false,
    async close() {
      http.closeAllConnections()
      http.close()
    },
  }
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  fixture.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`
  return fixture
}

async function serve(fixture: McpFixture, req: IncomingMessage, res: ServerResponse): Promise<void> {
  let text = ''
  for await (const chunk of req.setEncoding('utf8')) text += chunk
  const body = text === '' ? undefined : JSON.parse(text)
  const method: string = body?.method ?? req.method
  const session = req.headers['mcp-session-id']?.toString()
  fixture.requests.push({ method, headers: req.headers, session })
  if (fixture.sabotage(req, res, method)) return
  const transport = fixture.sessions.get(session ?? '') ?? (await newTransport(fixture))
  await transport.handleRequest(req, res, body)
}

async function newTransport(fixture: McpFixture): Promise<StreamableHTTPServerTransport> {
  const { sessions, json, stateful, events } = fixture
  const transport = new StreamableHTTPServerTransport({
    enableJsonResponse: json,
    ...(events ? { eventStore: events, retryInterval: 10 } : {}),
    ...(stateful ? { sessionIdGenerator: () => randomUUID() } : {}),
    onsessioninitialized: (id: string) => void sessions.set(id, transport),
    onsessionclosed: (id: string) => void sessions.delete(id),
  })
  const server = new Server({ name: 'wiki', version: '1' }, { capabilities: { tools: {} } })
  server.setRequestHandler(
    ListToolsRequestSchema,
    ({ params }) => fixture.list(params?.cursor) as ListToolsResult,
  )
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    fixture.calls.push(params)
    return (await fixture.call(params, extra)) as CallToolResult
  })
  await server.connect(transport)
  return transport
}

/** The system's time, with timers that are a twentieth as long. */
export const quickClock = {
  now: () => Date.now(),
  after: (ms: number, fn: () => void) => systemClock.after(ms / 20, fn),
}
