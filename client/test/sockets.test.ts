import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { connect } from '../index.ts'
import { textOf, until } from './kit.ts'
import { FakeServer, tokenOf } from './server.ts'
import type { FakeSocket } from './socket.ts'

/** Bridges real sockets to the server in memory. */
async function listen(server: FakeServer) {
  const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  wss.on('connection', (socket, request) => {
    const inner = new server.WebSocket(new URL(request.url ?? '', 'ws://x')) as unknown as FakeSocket
    inner.onmessage = ({ data }) => socket.send(data)
    inner.onclose = ({ code }) => socket.close(code)
    socket.on('message', (data: Buffer) => inner.send(new Uint8Array(data)))
    socket.on('close', () => inner.close())
  })
  await once(wss, 'listening')
  return { wss, url: `http://127.0.0.1:${(wss.address() as AddressInfo).port}/` }
}

it('[C10] works over real sockets with nothing but the defaults of Node', async () => {
  const server = new FakeServer()
  server.lane.add(1, ['Hello'])
  const { wss, url } = await listen(server)
  const session = connect({
    url,
    session: 'launch',
    auth: async () => tokenOf('ana'),
    fetch: server.fetch,
    random: () => 0,
  })
  await session.ready
  expect(textOf(session.snapshot())).toEqual(['Hello'])
  server.lane.add(2, ['An'], { status: 'streaming' })
  server.lane.append(1, 'swer')
  await until(session, (snapshot) => textOf(snapshot)[1] === 'Answer')
  server.socket.end(1012)
  await until(session, ({ connection }) => connection.state === 'reconnecting')
  server.lane.append(1, 's')
  await until(session, (snapshot) => textOf(snapshot)[1] === 'Answers')
  session.close()
  wss.close()
})
