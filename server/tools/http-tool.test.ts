import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asker } from '../../test/kit/people.ts'
import { createHttpTool } from './http-tool.ts'
import { httpTools } from './tool-settings.ts'

let server: Server
let url: string
/** What the tool's server does with the next requests. */
let serve: (req: IncomingMessage, res: ServerResponse, body: string) => unknown
let requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[]
let connections: number

const listener: RequestListener = async (req, res) => {
  let body = ''
  for await (const chunk of req.setEncoding('utf8')) body += chunk
  requests.push({ method: req.method ?? '', path: req.url ?? '', headers: req.headers, body })
  await serve(req, res, body)
}

beforeEach(async () => {
  requests = []
  connections = 0
  server = createServer(listener).listen(0, '127.0.0.1')
  server.on('connection', () => connections++)
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const input = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }
const described = { name: 'crm.add', description: 'adds', effect: 'write', replay: 'keyed', input }

/** A tool as the settings make it. */
function toolOf(more: object = {}) {
  const [settings] = httpTools.parse([{ ...described, url: `${url}/add`, ...more }])
  if (!settings) throw new Error('unreachable')
  return createHttpTool(settings)
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
const run = (more?: object) => toolOf(more).run({ id: 'é😀' }, call())
const json = (res: ServerResponse, status: number, body: unknown) =>
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))

describe('a tool that is an HTTP endpoint', () => {
  it('[Y1] gets the arguments as JSON, the key, the author and the headers of the settings', async () => {
    serve = (_, res) => json(res, 200, { did: 'é' })
    expect(await run({ headers: { Authorization: 'Bearer s3cret', 'x-team': 'boats' } })).toEqual({
      did: 'é',
    })
    expect(requests).toMatchObject([{ method: 'POST', path: '/add', body: '{"id":"é😀"}' }])
    expect(requests[0]?.headers).toMatchObject({
      ...{ authorization: 'Bearer s3cret', 'x-team': 'boats', 'content-type': 'application/json' },
      ...{ 'idempotency-key': 'key-1', 'colloquy-user': 'auth0|ann' },
    })
  })

  it('[Y2] is what the settings say, and checks its arguments by their JSON schema', () => {
    const tool = toolOf({
      approver: 'moderator',
      timeout: 1000,
      output: { type: 'object' },
      audience: ['bo', 'al', 'bo'],
    })
    expect(tool).toMatchObject({
      ...{ name: 'crm.add', description: 'adds', effect: 'write', replay: 'keyed' },
      ...{ approver: 'moderator', timeout: 1000 },
    })
    expect(tool.audience({}, asker())).toEqual(['al', 'bo'])
    expect(tool.output?.safeParse(7).success).toBe(false)
    expect(['x', 7].map((id) => tool.input.safeParse({ id }).success)).toEqual([true, false])
    const plain = toolOf()
    expect(plain.audience({}, asker())).toBe('everyone')
    for (const key of ['approver', 'timeout', 'output', 'probe', 'headers', 'url']) {
      expect(plain).not.toHaveProperty(key)
    }
  })

  it.each([
    ['application/json', '{"a":[1]}', { a: [1] }],
    ['application/problem+json', 'null', null],
    ['text/plain; charset=utf-8', 'done', 'done'],
    ['text/html', '7', '7'],
    [undefined, '{"a":1}', '{"a":1}'],
    ['application/json', '', null],
  ])('[Y3] an answer of type %s is its JSON or its text', async (type, body, result) => {
    serve = (_, res) => res.writeHead(200, type ? { 'content-type': type } : {}).end(body)
    expect(await run()).toEqual(result)
  })

  it('[Y3] an answer without a body is null', async () => {
    serve = (_, res) => res.writeHead(204).end()
    expect(await run()).toBe(null)
  })

  it.each([
    ['application/json', '{"a":', 'The tool did its work, but its answer should be JSON and is not.'],
    ['image/png', 'x', 'The tool did its work, but its answer is neither JSON nor text.'],
  ])('[Y4] any other answer is an error, and not uncertain: %s %s', async (type, body, message) => {
    serve = (_, res) => res.writeHead(200, { 'content-type': type }).end(body)
    await expect(run()).rejects.toMatchObject({ message, uncertain: false, unusable: 'RESULT_INVALID' })
  })

  it('[Y5] of an answer no more than 1 MB is read: the connection is closed then', async () => {
    const closed = Promise.withResolvers<number>()
    serve = (_, res) => {
      res.writeHead(200, { 'content-type': 'application/json' })
      let sent = 0
      const more = () => {
        sent += 65_536
        if (!res.destroyed) res.write(' '.repeat(65_536), more)
      }
      res.on('close', () => closed.resolve(sent))
      more()
    }
    await expect(run()).rejects.toMatchObject({
      message: 'The tool did its work, but its answer has more than 1 MB.',
      uncertain: false,
      unusable: 'RESULT_TOO_LARGE',
    })
    expect(await closed.promise).toBeLessThan(20 * 1024 * 1024)
  })

  it.each([
    [400, { error: { message: 'no such id', code: 7 } }, 'status 400: no such id', false],
    [409, { message: 'taken' }, 'status 409: taken', false],
    [500, { error: 'it is broken' }, 'status 500: it is broken', false],
    [422, { error: { message: 'x'.repeat(900) } }, `status 422: ${'x'.repeat(500)}`, false],
    [401, { error: { message: 7 } }, 'status 401.', false],
    [403, null, 'status 403.', false],
    [408, {}, 'status 408.', false],
    [429, {}, 'status 429.', false],
    [503, {}, 'status 503.', false],
    [502, {}, 'status 502.', true],
    [504, { message: 'late' }, 'status 504: late', true],
  ])(
    '[Y6] status %i is an error, with what the body says of it: %o',
    async (status, body, said, uncertain) => {
      serve = (_, res) => json(res, status, body)
      await expect(run()).rejects.toMatchObject({ message: `The tool answered with ${said}`, uncertain })
    },
  )

  it('[Y6] what the body of an error says is not read past 1 MB, nor as anything but JSON', async () => {
    serve = (_, res) => json(res, 500, { message: 'x'.repeat(2 * 1024 * 1024) })
    await expect(run()).rejects.toThrow('The tool answered with status 500.')
    serve = (_, res) => res.writeHead(500).end('<h1>secret path</h1>')
    await expect(run()).rejects.toThrow(/^The tool answered with status 500\.$/)
  })

  it('[Y7] no redirect is followed', async () => {
    serve = (_, res) => res.writeHead(307, { location: `${url}/elsewhere` }).end()
    await expect(run()).rejects.toMatchObject({
      message: 'The tool answered with a redirect (307), which is not followed.',
      uncertain: false,
    })
    expect(requests).toHaveLength(1)
  })

  it('[Y8] where nothing could be sent, nothing has happened', async () => {
    const gone = toolOf()
    const unknown = toolOf({ url: 'http://nowhere.invalid/' })
    const tls = toolOf({ url: url.replace('http:', 'https:') })
    await expect(tls.run({}, call())).rejects.toMatchObject({ uncertain: false })
    server.close()
    await expect(gone.run({}, call())).rejects.toMatchObject({
      ...{ message: 'The tool cannot be reached (ECONNREFUSED).', uncertain: false },
    })
    await expect(unknown.run({}, call())).rejects.toMatchObject({ name: 'ToolError', uncertain: false })
  })

  it.each<[string, (req: IncomingMessage, res: ServerResponse) => unknown]>([
    ['before the answer', (req) => req.socket.destroy()],
    ['with a reset', (req) => req.socket.resetAndDestroy()],
    [
      'within the answer',
      (req, res) => res.writeHead(200, { 'content-length': 100 }).write('half', () => req.socket.destroy()),
    ],
  ])('[Y8] where the connection was lost %s, it may have happened', async (_, cut) => {
    serve = cut
    await expect(run()).rejects.toMatchObject({
      message: 'The connection was lost before the tool had answered: it may have done its work.',
      uncertain: true,
    })
  })

  it('[Y8] a call that is stopped ends at once, lets go of its connection, and may have happened', async () => {
    const stop = new AbortController()
    const closed = Promise.withResolvers<void>()
    serve = (_, res) => {
      res.on('close', () => closed.resolve())
      stop.abort()
    }
    const called = toolOf().run({ id: 'x' }, call(stop.signal))
    await expect(called).rejects.toMatchObject({ name: 'ToolError', uncertain: true })
    await closed.promise
  })

  it('[Y8] a connection is not used again, so that none is lost for having waited', async () => {
    serve = (_, res) => json(res, 200, 1)
    await run()
    await run()
    expect(connections).toBe(2)
  })
})

describe('a tool that tells what became of a call', () => {
  const probe = (more: object = {}) =>
    toolOf({ probeUrl: `${url}/done`, ...more }).probe?.({ id: 'x' }, call())

  it('[Y9] is asked by the key: 200 is its result, 404 that it has not happened', async () => {
    serve = (_, res) => json(res, 200, { did: 1 })
    expect(await probe({ headers: { 'x-team': 'boats' } })).toEqual({ result: { did: 1 } })
    expect(requests).toMatchObject([{ method: 'GET', path: '/done', body: '' }])
    expect(requests[0]?.headers).toMatchObject({
      ...{ 'idempotency-key': 'key-1', 'colloquy-user': 'auth0|ann', 'x-team': 'boats' },
    })
    serve = (_, res) => json(res, 404, {})
    expect(await probe()).toBe(null)
  })

  it('[Y9] anything else leaves it unknown', async () => {
    for (const status of [201, 204, 302, 401, 410, 500, 503]) {
      serve = (_, res) => res.writeHead(status).end()
      await expect(probe(), `${status}`).rejects.toMatchObject({ name: 'ToolError' })
    }
    serve = (req) => req.socket.destroy()
    await expect(probe()).rejects.toMatchObject({ name: 'ToolError' })
    serve = (_, res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{')
    await expect(probe()).rejects.toMatchObject({ name: 'ToolError' })
  })
})
