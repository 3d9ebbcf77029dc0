import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as encoding from 'lib0/encoding'
import { type WebSocket, WebSocketServer } from 'ws'
import * as Y from 'yjs'

/**
 * The peer to compare with: a relay that does nothing but send each Yjs update to every reader with `ws.send`.
 * No journal, no window, no permissions, no rooms.
 */
export async function startRelay() {
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const sockets = new Set<WebSocket>()
  const doc = new Y.Doc()
  const text = doc.getText('t')
  const wss = new WebSocketServer({ server: http, perMessageDeflate: false })
  wss.on('connection', (ws) => sockets.add(ws))
  doc.on('update', (update: Uint8Array) => {
    const message = encoding.createEncoder()
    encoding.writeVarUint(message, 0)
    encoding.writeVarUint(message, 2)
    encoding.writeVarUint8Array(message, update)
    const bytes = encoding.toUint8Array(message)
    for (const ws of sockets) ws.send(bytes)
  })
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    append: (chunk: string) => text.insert(text.length, chunk),
    async close() {
      for (const ws of sockets) ws.terminate()
      http.close()
      await once(http, 'close')
    },
  }
}
