import type { IncomingMessage, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { InMemoryEventStore } from '@modelcontextprotocol/sdk/examples/shared/inMemoryEventStore.js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { asker } from '../../test/kit/people.ts'
import { type McpFixture, quickClock, SEARCH, startMcp } from './mcp.fixture.ts'
import { readDefinition } from './mcp-definition.ts'
import { createMcpTool } from './mcp-tool.ts'
import { mcpServers } from './tool-settings.ts'

let mcp: McpFixture
beforeEach(async () => {
  mcp = await startMcp()
})
afterEach(() => mcp.close())

function toolOf({ url = mcp.url, headers = {}, definition = {}, pin = {} } = {}) {
  const pinned = { name: 'search', effect: 'write', replay: 'keyed', ...pin }
  const [server] = mcpServers.parse([{ name: 'wiki', url, headers, tools: [pinned] }])
  const read = readDefinition({ ...SEARCH, ...definition })
  if (!server?.tools[0] || 'problem' in read) throw new Error('unreachable')
  return createMcpTool(server, server.tools[0], read, quickClock)
}
const call = (signal = new AbortController().signal) => ({
  ...{
    key: 'key-1',
    principal: { userId: 'auth0|ann', name: 'Ann' },
    readers: { audience: 'everyone' as const },
    sessionId: 's_1',
    signal,
  },
})
const run = (more?: Parameters<typeof toolOf>[0]) => toolOf(more).run({ for: 'é😀' }, call())
const onCall = (act: (req: IncomingMessage, res: ServerResponse) => unknown) => {
  mcp.sabotage = (req, res, method) => {
    if (method === 'tools/call') act(req, res)
    return method === 'tools/call'
  }
}

describe('a tool of an MCP server', () => {
  it('[Y10] gets the arguments, and in _meta the key and the author, under the headers of the settings', async () => {
    expect(await run({ headers: { authorization: 'Bearer s3cret' } })).toBe('found')
    expect(mcp.calls).toEqual([
      {
        ...{ name: 'search', arguments: { for: 'é😀' } },
        _meta: { idempotencyKey: 'key-1', 'colloquy/user': 'auth0|ann' },
      },
    ])
    expect(new Set(mcp.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer s3cret']),
    )
  })

  it('[Y10] is offered as server.tool, and is what its pin and its definition say', () => {
    const tool = toolOf({ pin: { approver: 'author', timeout: 9, sha256: 'a'.repeat(64) } })
    expect(tool).toMatchObject({
      ...{ name: 'wiki.search', description: 'Searches the wiki.', effect: 'write', replay: 'keyed' },
      ...{ approver: 'author', timeout: 9 },
    })
    for (const key of ['sha256', 'output', 'probe']) expect(tool).not.toHaveProperty(key)
    expect(tool.audience({}, asker())).toBe('everyone')
    expect([{ for: 'x' }, {}].map((args) => tool.input.safeParse(args).success)).toEqual([true, false])
    const output = { type: 'object', properties: { id: {} }, required: ['id'] }
    expect(toolOf({ definition: { outputSchema: output } }).output?.safeParse({}).success).toBe(false)
  })

  it.each([
    ['streams in sessions', false, true],
    ['JSON in sessions', true, true],
    ['streams without sessions', false, false],
    ['JSON without sessions', true, false],
  ])('[Y11] each call has a session of its own, which ends with it: %s', async (_, json, stateful) => {
    Object.assign(mcp, { json, stateful })
    const tool = toolOf()
    await Promise.all([tool.run({ for: 'a' }, call()), tool.run({ for: 'b' }, call())])
    const sessions = new Set(
      mcp.requests.filter(({ method }) => method === 'tools/call').map((r) => r.session),
    )
    expect(sessions.size).toBe(stateful ? 2 : 1)
    await vi.waitFor(() => expect(mcp.sessions.size).toBe(0))
    const methods = mcp.requests.map(({ method }) => method)
    expect(methods.filter((method) => method === 'DELETE')).toHaveLength(stateful ? 2 : 0)
    expect(methods).not.toContain('GET')
  })

  it('[Y12] what it returns is its structured content, else its text', async () => {
    const text = (text: string) => ({ type: 'text', text })
    mcp.call = () => ({ content: [text('{}')], structuredContent: { id: 7 } })
    expect(await run()).toEqual({ id: 7 })
    mcp.call = () => ({
      content: [
        text('one'),
        { type: 'image', data: 'aGk=', mimeType: 'image/png' },
        { type: 'resource', resource: { uri: 'wiki:1', text: 'a page' } },
        text('two'),
      ],
    })
    expect(await run()).toBe('one\n[image left out]\na page\ntwo')
    mcp.call = () => ({ content: [] })
    expect(await run()).toBe('')
  })

  it('[Y13] an error that it returns, or that its server answers, is one, in its words', async () => {
    mcp.call = () => ({ isError: true, content: [{ type: 'text', text: `no such page${'!'.repeat(900)}` }] })
    const failed = run()
    await expect(failed).rejects.toMatchObject({ name: 'ToolError', uncertain: false })
    await expect(failed).rejects.toThrow(new RegExp(`^no such page!{${500 - 12}}$`))
    mcp.call = () => ({ isError: true, content: [] })
    await expect(run()).rejects.toThrow('The tool says that it failed, and not why.')
    mcp.call = () => {
      throw Object.assign(new Error('bad arguments'), { code: -32602 })
    }
    await expect(run()).rejects.toMatchObject({
      message: 'MCP error -32602: bad arguments',
      uncertain: false,
    })
  })

  it('[Y14] where no session began, nothing has happened', async () => {
    const certain = (message: string) => ({ name: 'ToolError', message, uncertain: false })
    mcp.sabotage = (req) => req.socket.destroy() !== null
    await expect(run()).rejects.toMatchObject(
      certain("The tool's server cannot be reached (UND_ERR_SOCKET)."),
    )
    mcp.sabotage = (_, res) => res.writeHead(502).end() !== null
    await expect(run()).rejects.toMatchObject(certain("The tool's server cannot be reached (status 502)."))
    mcp.sabotage = (_, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end() !== null
    await expect(run()).rejects.toMatchObject({ uncertain: false })
    await mcp.close()
    await expect(run()).rejects.toMatchObject(certain("The tool's server cannot be reached (ECONNREFUSED)."))
    expect(mcp.calls).toEqual([])
  })

  it.each<[string, (req: IncomingMessage, res: ServerResponse) => unknown]>([
    ['the connection is cut', (req) => req.socket.destroy()],
    [
      'the stream ends without an answer',
      (_, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end(': nothing\n\n'),
    ],
    [
      'the stream is cut',
      (req, res) =>
        res
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write(': wait\n\n', () => req.socket.resetAndDestroy()),
    ],
    [
      'the JSON is cut',
      (req, res) =>
        res
          .writeHead(200, { 'content-type': 'application/json', 'content-length': 99 })
          .write('{"jsonrpc"', () => req.socket.destroy()),
    ],
    ['it is taken and never answered', (_, res) => res.writeHead(202).end()],
    [
      'it is answered with a page',
      (_, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    ],
  ])('[Y15] where %s, the call may have happened', async (_, act) => {
    onCall(act)
    await expect(run()).rejects.toMatchObject({
      message: 'The connection was lost before the tool had answered: it may have done its work.',
      uncertain: true,
    })
  })

  it('[Y15] a stream that its server means to go on with is not taken for lost', async () => {
    mcp.events = new InMemoryEventStore()
    mcp.call = async (_, { closeSSEStream }) => {
      closeSSEStream?.()
      await new Promise((resolve) => setTimeout(resolve, 200))
      return { content: [{ type: 'text', text: 'after all' }] }
    }
    expect(await run()).toBe('after all')
    expect(mcp.requests.some(({ headers }) => headers['last-event-id'])).toBe(true)
  })

  it.each([
    [404, false],
    [429, false],
    [500, false],
    [503, false],
    [502, true],
    [504, true],
  ])(
    '[Y15] status %i is an error; only a gateway that waited in vain leaves it uncertain',
    async (status, uncertain) => {
      onCall((_, res) => res.writeHead(status).end('a secret path'))
      const error = await run().catch((error: unknown) => error)
      expect(error).toMatchObject({ message: `The tool's server answered with status ${status}.`, uncertain })
      expect(inspect(error)).not.toContain('a secret path')
    },
  )

  it('[Y15] no redirect is followed', async () => {
    onCall((_, res) => res.writeHead(307, { location: '/elsewhere' }).end())
    await expect(run()).rejects.toMatchObject({
      ...{ message: 'The server answered with a redirect (307), which is not followed.', uncertain: false },
    })
    expect(mcp.requests.filter(({ method }) => method === 'tools/call')).toHaveLength(1)
  })

  it('[Y15] an answer that is none of MCP is an error, and not uncertain', async () => {
    mcp.json = true
    onCall((_, res) =>
      res
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: 'text' } })),
    )
    await expect(run()).rejects.toMatchObject({
      ...{ message: 'The tool did its work, but its answer is not what MCP says.', uncertain: false },
      unusable: 'RESULT_INVALID',
    })
  })

  it.each([true, false])('[Y16] of an answer no more than 1 MB is read (as JSON: %s)', async (json) => {
    mcp.json = json
    mcp.call = () => ({ content: [{ type: 'text', text: 'x'.repeat(10 * 1024 * 1024) }] })
    await expect(run()).rejects.toMatchObject({
      ...{ message: 'The tool did its work, but its answer has more than 1 MB.', uncertain: false },
      unusable: 'RESULT_TOO_LARGE',
    })
  })

  it('[Y17] a call that is stopped ends at once, is called off at the server, and may have happened', async () => {
    const stop = new AbortController()
    const calledOff = Promise.withResolvers<void>()
    mcp.call = (_, { signal }) => {
      signal.addEventListener('abort', () => calledOff.resolve())
      stop.abort()
      return new Promise(() => {})
    }
    const called = toolOf().run({ for: 'x' }, call(stop.signal))
    await expect(called).rejects.toMatchObject({ name: 'ToolError', uncertain: true })
    await calledOff.promise
    await vi.waitFor(() => expect(mcp.sessions.size).toBe(0))
  })

  it('[Y17] one that is stopped before its session began was not made', async () => {
    const stop = new AbortController()
    mcp.sabotage = () => {
      stop.abort()
      return true
    }
    await expect(toolOf().run({ for: 'x' }, call(stop.signal))).rejects.toMatchObject({ uncertain: false })
  })
})
