import { SYNC_PATH } from '@colloquy/shared'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import type { TestServer } from './server.ts'

/** The unmodified y-websocket provider on a lane or a board, as an app that is not ours would use it. */
export async function foreignClient(
  server: TestServer,
  userId: string,
  sessionId: string,
  kind: 'doc' | 'board' = 'doc',
  ydoc = new Y.Doc(),
) {
  const { lanes } = await server.json(userId, 'GET', `/sessions/${sessionId}`)
  const ticket = await server.ticket(userId, sessionId)
  const provider = new WebsocketProvider(server.url.replace('http', 'ws') + SYNC_PATH, lanes[0][kind], ydoc, {
    connect: false,
    params: { ticket },
    disableBc: true,
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
  })
  onTestFinished(() => provider.destroy())
  const closed = new Promise<number>((resolve) => {
    provider.on('connection-close', (event: { code: number } | null) => resolve(event?.code ?? 0))
  })
  const synced = new Promise<void>((resolve) => provider.on('sync', (is: boolean) => is && resolve()))
  return {
    provider,
    doc: ydoc,
    closed,
    synced,
    connect: () => provider.connect(),
    name: lanes[0][kind] as string,
  }
}
