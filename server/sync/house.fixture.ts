import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Audience, docName, EVERYONE, MESSAGE, type Role, SYNC } from '@colloquy/shared'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { principal } from '../../test/kit/people.ts'
import { createTickets, type Tickets } from '../access/tickets.ts'
import { type Clock, systemClock } from '../clock.ts'
import { createGateway, type Gateway, type GatewayOptions } from './gateway.ts'
import type { BoardPlace, LaneSource, OpenSession, RoomSession, Rooms } from './port.ts'
import type { SharedBoard } from './shared-board.ts'

/** A lane as a session writes it: into the doc, then durable, then published. */
export class FakeLane implements LaneSource {
  readonly doc = new Y.Doc()
  readonly name: string
  readonly #rooms: () => Rooms
  #settled: Promise<void> = Promise.resolve()

  constructor(name: string, rooms: () => Rooms) {
    this.name = name
    this.#rooms = rooms
  }

  settled(): Promise<void> {
    return this.#settled
  }

  /** Until the returned functions are called, nothing new is durable. */
  hold(): { settle(): void; fail(): void } {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    promise.catch(() => {})
    this.#settled = promise
    return { settle: () => resolve(), fail: () => reject(new Error('the store failed')) }
  }

  /** Changes the doc; answers what `publish` needs. */
  change(change: (doc: Y.Doc) => void): { update: Uint8Array; vector: Uint8Array } {
    const updates: Uint8Array[] = []
    const collect = (update: Uint8Array) => updates.push(update)
    this.doc.on('update', collect)
    this.doc.clientID = 1
    this.doc.transact(() => change(this.doc))
    this.doc.off('update', collect)
    const [update] = updates
    if (!update) throw new Error('nothing changed')
    return { update, vector: Y.encodeStateVector(this.doc) }
  }

  write(text: string): void {
    const { update, vector } = this.change((doc) => textOf(doc).insert(textOf(doc).length, text))
    this.#rooms().publish(this.name, update, vector)
  }
}

/** Where a board is kept, in memory. */
export class FakePlace implements BoardPlace {
  readonly laneId = 'main'
  audience: Audience = EVERYONE
  readonly saves: Uint8Array[] = []
  readonly rolls: Uint8Array[] = []
  stored: Uint8Array | null = null
  shared: SharedBoard | undefined
  failing = false
  #wake: (() => void)[] = []

  /** Waits until the store has been asked something after which `holds`. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wake.push(resolve))
  }

  async load(): Promise<Uint8Array | null> {
    this.#check()
    return this.stored
  }

  async save(state: Uint8Array): Promise<void> {
    this.#check()
    this.saves.push(state)
    this.stored = state
    this.#told()
  }

  async roll(state: Uint8Array): Promise<void> {
    this.#check()
    this.rolls.push(state)
    this.#told()
  }

  #told(): void {
    for (const resolve of this.#wake.splice(0)) resolve()
  }

  #check(): void {
    if (this.failing) throw new Error('the store failed')
  }
}

/** One session as the sync side sees it. */
export class FakeSession implements RoomSession {
  readonly sessionId: string
  rights = 0
  readonly roles = new Map<string, Role>([
    ['ann', 'owner'],
    ['ben', 'prompter'],
    ['vic', 'viewer'],
  ])
  readonly main: FakeLane
  readonly place: FakePlace
  readonly boardName: string

  constructor(sessionId: string, rooms: () => Rooms, incarnation = 1, place = new FakePlace()) {
    this.sessionId = sessionId
    this.main = new FakeLane(docName({ sessionId, laneId: 'main', kind: 'lane', incarnation }), rooms)
    this.boardName = docName({ sessionId, laneId: 'main', kind: 'board', incarnation })
    this.place = place
  }

  role(userId: string): Role | undefined {
    return this.roles.get(userId)
  }

  lane(doc: string, userId: string): LaneSource | null {
    return doc === this.main.name && this.roles.has(userId) ? this.main : null
  }

  board(doc: string, userId: string): BoardPlace | null {
    return doc === this.boardName && this.roles.has(userId) ? this.place : null
  }
}

export interface House {
  gateway: Gateway
  rooms: Rooms
  session: FakeSession
  tickets: ReturnType<typeof createTickets>
  clock: Clock
  port: number
  /** The server's ends of all connections, oldest first. */
  sockets: Socket[]
  warnings: string[]
  ticket(userId: string, origin?: string): string
  connect(doc: string, userId: string): Promise<Client>
  /** The unmodified stock client. */
  provider(doc: string, userId: string, ydoc?: Y.Doc): WebsocketProvider
}

export interface HouseOptions {
  clock?: Clock
  limits?: Partial<GatewayOptions['limits']>
  allowedOrigins?: readonly string[]
  openSession?: OpenSession
  /** When tickets have been looked up, where that takes its time. */
  lookedUp?: Promise<void>
}

/** A live gateway with one session `s1`, taken down when the test ends. */
export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const clock = options.clock ?? systemClock
  const tickets = createTickets({ clock })
  const server = createServer((_request, response) => response.writeHead(404).end())
  const warnings: string[] = []
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket))
  const session: FakeSession = new FakeSession('s1', () => gateway.rooms)
  const { lookedUp } = options
  const slow: Tickets = {
    ...tickets,
    redeem: (...asked) => (lookedUp ?? Promise.resolve()).then(() => tickets.redeem(...asked)),
  }
  const gateway: Gateway = createGateway({
    server,
    tickets: lookedUp ? slow : tickets,
    clock,
    openSession: options.openSession ?? (async () => session),
    allowedOrigins: options.allowedOrigins ?? [],
    limits: { connectionsPerSession: 1000, boardBytes: 512 * 1024, ...options.limits },
    log: { info() {}, warn: (_fields, message) => warnings.push(message), error() {} },
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ends: (() => void)[] = []
  onTestFinished(async () => {
    for (const end of ends) end()
    await gateway.close(1012)
    server.close()
  })
  const ticket = (userId: string, origin?: string) => tickets.issue(principal(userId), 's1', origin).ticket
  return {
    gateway,
    rooms: gateway.rooms,
    session,
    tickets,
    clock,
    port,
    sockets,
    warnings,
    ticket,
    async connect(doc, userId) {
      const client = new Client(`ws://127.0.0.1:${port}/sync/${doc}?ticket=${ticket(userId)}`)
      ends.push(() => client.ws.terminate())
      await client.opened
      return client
    },
    provider(doc, userId, ydoc = new Y.Doc()) {
      const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/sync`, doc, ydoc, {
        params: { ticket: ticket(userId) },
        WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
        disableBc: true,
      })
      ends.push(() => provider.destroy())
      return provider
    },
  }
}

/** What a Y.Doc or a provider next calls its listeners of `name` with. */
export function heard(target: Y.Doc | WebsocketProvider, name: string): Promise<unknown[]> {
  const source = target as unknown as { once(name: string, fn: (...args: unknown[]) => void): void }
  return new Promise((resolve) => source.once(name, (...args) => resolve(args)))
}

/** The text that test lanes hold. */
export function textOf(doc: Y.Doc): Y.Text {
  return doc.getText('text')
}

/** A raw connection that keeps what it hears. */
export class Client {
  readonly ws: WebSocket
  readonly frames: Uint8Array[] = []
  /** What a Y.Doc fed by this connection holds. */
  readonly doc = new Y.Doc()
  readonly opened: Promise<void>
  readonly closed: Promise<number>
  #wake: (() => void)[] = []

  constructor(url: string, options: { origin?: string } = {}) {
    this.ws = new WebSocket(url, options)
    this.ws.binaryType = 'nodebuffer'
    this.opened = once(this.ws, 'open').then(() => {})
    this.closed = new Promise((resolve) => this.ws.on('close', resolve))
    this.opened.catch(() => {})
    this.ws.on('error', () => {})
    this.ws.on('message', (data: Buffer) => this.#hear(new Uint8Array(data)))
  }

  send(frame: Uint8Array | string): void {
    this.ws.send(frame)
  }

  step1(vector: Uint8Array = new Uint8Array([0])): void {
    this.send(sync(SYNC.step1, vector))
  }

  /** Asks for the doc and waits for the answer. */
  async synced(): Promise<void> {
    this.step1(Y.encodeStateVector(this.doc))
    const from = this.frames.length
    await this.until(() => this.frames.slice(from).some((frame) => frame[0] === 0 && frame[1] === SYNC.step2))
  }

  /** Waits until the server has handled all that was sent so far. */
  async handled(): Promise<void> {
    this.ws.ping()
    await once(this.ws, 'pong')
  }

  /** Waits until `holds`, looking after every frame. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wake.push(resolve))
  }

  /** The awareness states that it was told of, newest clock wins. */
  presence(): Map<number, { clock: number; state: Record<string, unknown> | null }> {
    const states = new Map<number, { clock: number; state: Record<string, unknown> | null }>()
    for (const frame of this.frames) {
      if (frame[0] !== MESSAGE.awareness) continue
      const outer = decoding.createDecoder(frame.subarray(1))
      const decoder = decoding.createDecoder(decoding.readVarUint8Array(outer))
      for (let count = decoding.readVarUint(decoder); count > 0; count--) {
        const clientId = decoding.readVarUint(decoder)
        const clock = decoding.readVarUint(decoder)
        states.set(clientId, { clock, state: JSON.parse(decoding.readVarString(decoder)) })
      }
    }
    return states
  }

  #hear(frame: Uint8Array): void {
    this.frames.push(frame)
    if (frame[0] === MESSAGE.sync && frame[1] !== SYNC.step1) {
      const decoder = decoding.createDecoder(frame.subarray(2))
      Y.applyUpdate(this.doc, decoding.readVarUint8Array(decoder))
    }
    const wake = this.#wake
    this.#wake = []
    for (const resolve of wake) resolve()
  }
}

export function sync(kind: number, body: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, MESSAGE.sync)
  encoding.writeVarUint(encoder, kind)
  encoding.writeVarUint8Array(encoder, body)
  return encoding.toUint8Array(encoder)
}

export type AwarenessEntry = readonly [clientId: number, clock: number, state: unknown]

export function awareness(...entries: AwarenessEntry[]): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, MESSAGE.awareness)
  encoding.writeVarUint8Array(encoder, awarenessBody(...entries))
  return encoding.toUint8Array(encoder)
}

export function awarenessBody(...entries: AwarenessEntry[]): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, entries.length)
  for (const [clientId, clock, state] of entries) {
    encoding.writeVarUint(encoder, clientId)
    encoding.writeVarUint(encoder, clock)
    encoding.writeVarString(encoder, typeof state === 'string' ? state : JSON.stringify(state))
  }
  return encoding.toUint8Array(encoder)
}

/** An update that a doc of one's own makes. */
export function foreignUpdate(text = 'foreign'): Uint8Array {
  const doc = new Y.Doc()
  textOf(doc).insert(0, text)
  return Y.encodeStateAsUpdate(doc)
}
