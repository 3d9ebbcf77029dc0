import type { PromptStateAnswer, SessionAnswer } from '@colloquy/shared/answers'
import { ERRORS, type ErrorCode } from '@colloquy/shared/errors'
import { MEANT_FOR, MESSAGE } from '@colloquy/shared/protocol'
import type { Role } from '@colloquy/shared/roles'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as awareness from 'y-protocols/awareness'
import * as sync from 'y-protocols/sync'
import * as Y from 'yjs'
import { LaneWriter } from './lane.ts'

/** A request as the server saw it. */
export interface Seen {
  method: string
  /** Below /api/v1, with its query. */
  path: string
  userId: string
  body: Record<string, unknown>
}

/** What a test makes the server answer: undefined lets it answer as usual, `lost` is no answer at all. */
type Override = (seen: Seen) => Response | 'lost' | 'acted, then lost' | undefined

/**
 * A server in memory that speaks HTTP through `fetch` and y-websocket through `WebSocket`, with just enough
 * behaviour behind them: it keeps prompts by commandId, gives tickets and syncs docs.
 */
export class FakeServer {
  readonly session: SessionAnswer = {
    id: 'launch',
    title: 'Launch',
    role: 'owner',
    members: [
      { userId: 'ana', name: 'Ana', role: 'owner' },
      { userId: 'bo', name: 'Bo', role: 'prompter' },
    ],
    lanes: [{ laneId: 'main', audience: 'everyone', doc: 'launch/main@1', board: 'launch/main~board@1' }],
  }
  /** Whose cookie the browser has; null: nobody's. */
  cookie: string | null = null
  readonly boards = new Map<string, Y.Doc>([['launch/main~board@1', new Y.Doc()]])
  /** Boards do not listen, as while they begin a new incarnation. */
  deaf = false
  readonly lanes = new Map<string, LaneWriter>([['launch/main@1', new LaneWriter()]])
  readonly seen: Seen[] = []
  readonly sockets: FakeSocket[] = []
  /** Prompts that the server acted on. */
  readonly accepted: { commandId: string; userId: string; text: string; promptId: string }[] = []
  readonly states = new Map<string, PromptStateAnswer>()
  pages: (before: number | undefined) => object = () => ({ messages: [], before: null })
  override: Override = () => undefined
  /** Sockets opened now get no sync answer until `release`. */
  holding = false
  readonly #tickets = new Map<string, string>()
  readonly WebSocket: typeof WebSocket

  constructor() {
    const server = this
    this.WebSocket = class extends FakeSocket {
      constructor(url: string | URL) {
        super(server, new URL(url))
      }
    } as unknown as typeof WebSocket
  }

  get lane(): LaneWriter {
    return this.#writer(this.session.lanes[0]?.doc ?? '')
  }

  readonly fetch: typeof fetch = async (input, init) => {
    await null
    const url = new URL(String(input))
    const headers = new Headers(init?.headers)
    const seen: Seen = {
      method: init?.method ?? 'GET',
      path: url.pathname.replace('/api/v1', '') + url.search,
      userId: userOf(headers.get('authorization') ?? '') || (this.cookie ?? ''),
      body: init?.body ? JSON.parse(String(init.body)) : {},
    }
    this.seen.push(seen)
    const meantFor = headers.get(MEANT_FOR)
    if (meantFor !== null && meantFor !== encodeURIComponent(seen.userId)) return refuse('IDENTITY_CHANGED')
    const override = this.override(seen)
    if (override === 'lost') throw new TypeError('fetch failed')
    const answer = override instanceof Response ? override : this.#answer(seen, url)
    if (override === 'acted, then lost') throw new TypeError('socket hang up')
    return answer
  }

  count(method: string, path: RegExp): number {
    return this.seen.filter((seen) => seen.method === method && path.test(seen.path)).length
  }

  /** Begins a new incarnation; nobody is told. */
  roll(writer: LaneWriter): void {
    const [lane] = this.session.lanes
    if (!lane) throw new Error('no lane')
    lane.doc = lane.doc.replace(/\d+$/, (n) => String(Number(n) + 1))
    this.lanes.set(lane.doc, writer)
  }

  get board(): Y.Doc {
    const board = this.boards.get(this.session.lanes[0]?.board ?? '')
    if (!board) throw new Error('no board')
    return board
  }

  /** Begins a new incarnation of the board; nobody is told. */
  rollBoard(next: Y.Doc): void {
    const [lane] = this.session.lanes
    if (!lane) throw new Error('no lane')
    lane.board = lane.board.replace(/\d+$/, (n) => String(Number(n) + 1))
    this.boards.set(lane.board, next)
  }

  setRole(userId: string, role: Role): void {
    for (const member of this.session.members) if (member.userId === userId) member.role = role
  }

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1)
    if (!socket) throw new Error('nobody connected')
    return socket
  }

  open(socket: FakeSocket, url: URL): void {
    const userId = this.#tickets.get(url.searchParams.get('ticket') ?? '')
    this.#tickets.delete(url.searchParams.get('ticket') ?? '')
    this.sockets.push(socket)
    if (userId === undefined) socket.end(4401)
    else {
      const name = url.pathname.replace('/sync/', '')
      const board = this.boards.get(name)
      socket.serve(userId, board ?? this.#writer(name).doc, board !== undefined)
    }
  }

  #writer(doc: string): LaneWriter {
    const writer = this.lanes.get(doc)
    if (!writer) throw new Error(`no doc ${doc}`)
    return writer
  }

  #answer(seen: Seen, url: URL): Response {
    const { method, path, userId, body } = seen
    if (userId === '') return refuse('UNAUTHENTICATED')
    if (path !== '/me' && !this.session.members.some((member) => member.userId === userId))
      return refuse('NOT_FOUND')
    if (method === 'GET' && path === '/me') {
      return Response.json({ userId, name: userId, admin: false, guest: false, expiresAt: 0 })
    }
    if (method === 'POST' && path === '/tickets') {
      const ticket = `ticket-${this.seen.length}`
      this.#tickets.set(ticket, userId)
      return Response.json({ ticket, expiresAt: 0 })
    }
    if (method === 'GET' && path === '/sessions/launch') return Response.json(this.session)
    if (method === 'POST' && path === '/sessions/launch/prompts') return this.#accept(userId, body)
    const page = /^\/sessions\/launch\/lanes\/main\/messages/.test(path)
    if (page) return Response.json(this.pages(Number(url.searchParams.get('before') ?? 0) || undefined))
    const promptId = /^\/sessions\/launch\/prompts\/([^/?]+)$/.exec(path)?.[1]
    const state = method === 'GET' && promptId !== undefined ? this.states.get(promptId) : undefined
    if (state) return Response.json(state)
    return method === 'GET' ? refuse('NOT_FOUND') : Response.json({ ok: true })
  }

  #accept(userId: string, body: Record<string, unknown>): Response {
    const { commandId, text } = body as { commandId: string; text: string }
    let known = this.accepted.find((each) => each.commandId === commandId && each.userId === userId)
    if (!known) {
      known = { commandId, userId, text, promptId: `p-${this.accepted.length + 1}` }
      this.accepted.push(known)
    }
    return Response.json({ promptId: known.promptId, laneId: 'main', position: 1 }, { status: 202 })
  }
}

/** One end of an in-memory WebSocket: the client's object, with the server's side as methods. */
export class FakeSocket {
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readyState = 0
  binaryType = 'blob'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: (() => void) | null = null
  readonly url: URL
  /** What this client wrote: sync updates and steps 2, and the clientIDs of its awareness states. */
  readonly updates: Uint8Array[] = []
  readonly presence: { clientId: number; state: unknown }[] = []
  #doc: Y.Doc | null = null
  #writable = false
  #held: (() => void)[] = []
  readonly #server: FakeServer

  constructor(server: FakeServer, url: URL) {
    this.url = url
    this.#server = server
    queueMicrotask(() => server.open(this, url))
  }

  serve(_userId: string, doc: Y.Doc, writable: boolean): void {
    this.#doc = doc
    this.#writable = writable
    this.readyState = this.OPEN
    this.onopen?.()
    doc.on('update', this.#publish)
    if (writable) this.#frame(MESSAGE.sync, (encoder) => sync.writeSyncStep1(encoder, doc))
  }

  /** The server closes with this code. */
  end(code: number): void {
    if (this.readyState === this.CLOSED) return
    this.readyState = this.CLOSED
    this.#doc?.off('update', this.#publish)
    queueMicrotask(() => this.onclose?.({ code, reason: '' }))
  }

  /** Sends what was held back. */
  release(): void {
    this.#server.holding = false
    for (const send of this.#held.splice(0)) send()
  }

  send(data: Uint8Array): void {
    const decoder = decoding.createDecoder(data)
    const type = decoding.readVarUint(decoder)
    if (type === MESSAGE.awareness) this.#hear(decoding.readVarUint8Array(decoder))
    else if (type === MESSAGE.sync) this.#sync(decoder)
  }

  close(): void {
    this.end(1005)
  }

  /** Tells this client about people: `clock` is that of their states. */
  people(states: Record<number, { clock: number; state: unknown }>): void {
    const update = encoding.createEncoder()
    const entries = Object.entries(states)
    encoding.writeVarUint(update, entries.length)
    for (const [clientId, { clock, state }] of entries) {
      encoding.writeVarUint(update, Number(clientId))
      encoding.writeVarUint(update, clock)
      encoding.writeVarString(update, JSON.stringify(state))
    }
    this.#frame(MESSAGE.awareness, (encoder) =>
      encoding.writeVarUint8Array(encoder, encoding.toUint8Array(update)),
    )
  }

  readonly #publish = (update: Uint8Array): void => {
    this.#frame(MESSAGE.sync, (encoder) => sync.writeUpdate(encoder, update))
  }

  #sync(decoder: decoding.Decoder): void {
    const type = decoding.readVarUint(decoder)
    const content = decoding.readVarUint8Array(decoder)
    if (type !== sync.messageYjsSyncStep1) {
      this.updates.push(content)
      if (this.#writable && this.#doc && !this.#server.deaf) Y.applyUpdate(this.#doc, content)
    } else
      this.#frame(MESSAGE.sync, (encoder) => this.#doc && sync.writeSyncStep2(encoder, this.#doc, content))
  }

  #hear(update: Uint8Array): void {
    awareness.modifyAwarenessUpdate(update, (state) => state)
    const decoder = decoding.createDecoder(update)
    for (let left = decoding.readVarUint(decoder); left > 0; left--) {
      const clientId = decoding.readVarUint(decoder)
      decoding.readVarUint(decoder)
      this.presence.push({ clientId, state: JSON.parse(decoding.readVarString(decoder)) })
    }
  }

  #frame(type: number, write: (encoder: encoding.Encoder) => void): void {
    const send = () => {
      const encoder = encoding.createEncoder()
      encoding.writeVarUint(encoder, type)
      write(encoder)
      const { buffer } = encoding.toUint8Array(encoder).slice()
      queueMicrotask(() => this.onmessage?.({ data: buffer as ArrayBuffer }))
    }
    if (this.#server.holding) this.#held.push(send)
    else send()
  }
}

export function refuse(code: ErrorCode, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { code, message: code } }, { status: ERRORS[code], headers })
}

/** A token as the client reads it: unsigned. */
export function tokenOf(userId: string, name = userId): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ sub: userId, name })}.x`
}

function userOf(authorization: string): string {
  const payload = authorization.replace('Bearer ', '').split('.')[1]
  return payload ? JSON.parse(Buffer.from(payload, 'base64url').toString()).sub : ''
}
