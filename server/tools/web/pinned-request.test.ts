import { createServer, type IncomingHttpHeaders } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { networkFailure } from './network-failure.ts'
import { pinnedRequest } from './pinned-request.ts'
import { SELF_SIGNED } from './self-signed.ts'
import { WEB_LIMITS } from './web-limits.ts'

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const get = (url: URL) =>
  pinnedRequest(
    { url, addresses: ['127.0.0.1'], limits: WEB_LIMITS, signal: AbortSignal.timeout(4_000) },
    async ({ body }) => body.text(),
  )

it('[X4] the connection goes to the checked address and nowhere else; the host stays that of the URL', async () => {
  const heard: IncomingHttpHeaders[] = []
  const port = await listening(
    createServer(({ headers }, answer) => {
      heard.push(headers)
      answer.end('here')
    }),
  )
  // A name that no DNS knows: reached all the same, because nothing looks it up again.
  expect(await get(new URL(`http://pinned.test:${port}/`))).toBe('here')
  expect(heard.map(({ host }) => host)).toEqual([`pinned.test:${port}`])
})

it('[X7] a request carries a user agent, what it accepts, and nothing of anybody', async () => {
  vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9')
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  const heard: IncomingHttpHeaders[] = []
  const port = await listening(
    createServer(({ headers }, answer) => {
      heard.push(headers)
      answer.end()
    }),
  )
  await get(new URL(`http://pinned.test:${port}/`))
  vi.unstubAllEnvs()
  expect(Object.keys(heard[0] ?? {}).sort()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ])
  expect(heard[0]).toMatchObject({ 'user-agent': 'Colloquy', connection: 'close' })
})

it('[X8] a certificate that nobody vouches for is refused, whatever the environment says', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const names: (string | undefined)[] = []
  const server = createSecureServer(
    {
      ...SELF_SIGNED,
      SNICallback: (name, done) => {
        names.push(name)
        done(null)
      },
    },
    (_request, answer) => void answer.end('secret'),
  )
  const url = new URL(`https://pinned.test:${await listening(server)}/`)
  const failure = networkFailure(await get(url).catch((error: unknown) => error), url)
  vi.unstubAllEnvs()
  warning.mockRestore()
  expect(failure.message).toBe(`The certificate of "${url.host}" is not valid.`)
  expect(names).toEqual(['pinned.test'])
})
