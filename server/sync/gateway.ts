import type { IncomingMessage, Server } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { CLOSE, type CloseCode, type Limits, parseDocName, SYNC_PATH } from '@colloquy/shared'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Principal } from '../access/principal.ts'
import type { Tickets } from '../access/tickets.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { Directory } from './directory.ts'
import type { OpenSession, Rooms } from './port.ts'
import type { Relays } from './relay.ts'

/** Frames above this are closed with 1009 by ws. */
const MAX_PAYLOAD = 256 * 1024
/** How long a client may take to answer a close frame when the server stops. */
const DRAIN_MS = 2_000
const TICK_MS = 1_000
const READER_BYTES = 1024 * 1024

export interface GatewayOptions {
  /** The gateway answers its `upgrade` event: no other listener may. */
  server: Server
  tickets: Tickets
  openSession: OpenSession
  /** The other servers, where there can be some. */
  relays?: Relays | undefined
  /** URLs of other places whose pages may connect; the server's own always may. */
  allowedOrigins: readonly string[]
  clock: Clock
  /** `readerBytes`: what may wait in memory for one connection before it counts as behind; 1 MiB unless set. */
  limits: Pick<Limits, 'connectionsPerSession' | 'boardBytes'> & { readerBytes?: number }
  log: Log
}

export interface Gateway {
  rooms: Rooms
  metrics(): GatewayMetrics
  /** Refuses new connections, sends what was published, closes all with `code` and keeps the boards. */
  close(code: CloseCode): Promise<void>
}

export interface GatewayMetrics {
  /** Open now. */
  connections: number
  rooms: number
  /** Since the start: refused before the upgrade, accepted, and closed by the server for each code. */
  refused: number
  accepted: number
  closed: Readonly<Record<number, number>>
}

/** Serves `<SYNC_PATH>/<doc>?ticket=…`: the y-websocket protocol, for people with a ticket. */
export function createGateway(options: GatewayOptions): Gateway {
  const { server, clock, limits } = options
  const directory = new Directory({ ...options, limits: { readerBytes: READER_BYTES, ...limits } })
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD,
    // A text frame is refused anyway.
    skipUTF8Validation: true,
  })
  const allowed = new Set(options.allowedOrigins.map((url) => new URL(url).origin))
  let refused = 0
  let accepted = 0
  let draining = false

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {})
    const wanted = readTarget(request.url ?? '')
    const refusal = wanted ? refusalOf(request, allowed, draining) : '404 Not Found'
    if (refusal || !wanted || !(socket instanceof Socket)) {
      refused++
      refuse(socket, refusal ?? '400 Bad Request')
      return
    }
    // A ticket is judged after the upgrade: to a browser any earlier refusal is 1006, which is tried for ever.
    wss.handleUpgrade(request, socket, head, (ws) => {
      accepted++
      admit(ws, socket, wanted, request.headers.origin)
    })
  }

  const admit = (
    ws: WebSocket,
    socket: Socket,
    { doc, ticket }: Target,
    origin: string | undefined,
  ): void => {
    const name = doc === null ? null : parseDocName(doc)
    const redeemed =
      name && doc !== null && ticket ? options.tickets.redeem(ticket, name.sessionId, doc, origin) : null
    const judge = (principal: Principal | null) => {
      // It may have gone while its ticket was looked up.
      if (ws.readyState !== ws.OPEN) return
      if (name && principal) directory.admit(ws, socket, principal, name)
      else directory.refuse(ws, CLOSE.ticket)
    }
    if (!(redeemed instanceof Promise)) {
      judge(redeemed)
      return
    }
    // Nobody listens yet, so nothing may arrive.
    ws.pause()
    redeemed
      .then(judge, (error: unknown) => {
        options.log.warn({ err: error }, 'a ticket could not be looked up')
        directory.refuse(ws, CLOSE.restart)
      })
      .finally(() => ws.resume())
  }

  const tick = () => {
    directory.tick(clock.now())
    stopTick = clock.after(TICK_MS, tick)
  }
  let stopTick = clock.after(TICK_MS, tick)
  server.on('upgrade', upgrade)

  return {
    rooms: directory,
    metrics: () => ({ ...directory.metrics(), refused, accepted }),
    async close(code) {
      draining = true
      stopTick()
      await directory.close(code)
      await allClosed(wss)
      server.off('upgrade', upgrade)
    },
  }
}

interface Target {
  /** null when it is no name at all. */
  doc: string | null
  ticket: string | null
}

/** null when the path is not the sync endpoint's. The name may come encoded or with its slash as it is. */
function readTarget(url: string): Target | null {
  const [path = '', query = ''] = url.split('?', 2)
  if (!path.startsWith(`${SYNC_PATH}/`)) return null
  const ticket = new URLSearchParams(query).get('ticket')
  try {
    return { doc: decodeURIComponent(path.slice(SYNC_PATH.length + 1)), ticket }
  } catch {
    return { doc: null, ticket }
  }
}

/** The HTTP status to refuse an upgrade with, or null. */
function refusalOf(request: IncomingMessage, allowed: ReadonlySet<string>, draining: boolean): string | null {
  if (draining) return '503 Service Unavailable'
  const { origin, host } = request.headers
  // Only browsers send one, and only against them does it protect: theirs cannot be forged.
  if (origin === undefined || allowed.has(origin)) return null
  return URL.canParse(origin) && new URL(origin).host === host ? null : '403 Forbidden'
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

/** Resolves when every socket is gone; those that do not answer in time are destroyed. */
async function allClosed(wss: WebSocketServer): Promise<void> {
  const late = setTimeout(() => {
    for (const ws of wss.clients) ws.terminate()
  }, DRAIN_MS)
  await Promise.all([...wss.clients].map((ws) => new Promise((resolve) => ws.once('close', resolve))))
  clearTimeout(late)
}
