import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { createWebFetch, type WebFetchOptions, type WebFetchResult } from './web-fetch.ts'

export interface Site {
  readonly origin: string
  readonly requests: string[]
  readonly sockets: Set<Socket>
}

/** A site on this machine, which a tool may fetch from when its `allow` names it. */
export async function site(listener: RequestListener): Promise<Site> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, answer) => {
    requests.push(`${request.method} ${request.url}`)
    listener(request, answer)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, sockets }
}

export const says =
  (
    body: string | Uint8Array,
    headers: Record<string, string> = { 'content-type': 'text/plain' },
    status = 200,
  ) =>
  (_request: IncomingMessage, answer: ServerResponse) =>
    void answer.writeHead(status, headers).end(body)

const call = (signal: AbortSignal = new AbortController().signal) => ({
  key: 'k',
  principal: { userId: 'u', name: 'U' },
  readers: { audience: 'everyone' as const },
  sessionId: 's_1',
  signal,
})

const unasked = async (): Promise<string[]> => {
  throw new Error('nothing was to be looked up')
}

export const fetchWith = (
  options: WebFetchOptions,
  args: { url: string; extract?: Record<string, unknown>; maxLength?: number },
  signal?: AbortSignal,
) => createWebFetch({ resolve: unasked, ...options }).run(args, call(signal)) as Promise<WebFetchResult>

export const fetchFrom = (
  { origin }: Site,
  path = '/',
  more: { extract?: Record<string, unknown>; maxLength?: number } = {},
) => fetchWith({ allow: [origin] }, { url: origin + path, ...more })

export const refusal = (message: string | RegExp) => ({
  name: 'ToolError',
  message: typeof message === 'string' ? message : expect.stringMatching(message),
})

export const redirect = (location: string) => says('', { location }, 302)
