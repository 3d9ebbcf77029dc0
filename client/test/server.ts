import type { PromptStateAnswer, SessionAnswer } from '@colloquy/shared/answers'
import { type Audience, sameAudience, setOf } from '@colloquy/shared/audience'
import { ERRORS, type ErrorCode } from '@colloquy/shared/errors'
import { MEANT_FOR } from '@colloquy/shared/protocol'
import type { Role } from '@colloquy/shared/roles'
import * as Y from 'yjs'
import type { PromptBody } from '../api.ts'
import { LaneWriter } from './lane.ts'
import { FakeSocket } from './socket.ts'

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
    groups: [],
    withoutTools: [],
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
  readonly accepted: { commandId: string; userId: string; text: string; promptId: string; laneId: string }[] =
    []
  readonly states = new Map<string, PromptStateAnswer>()
  pages: (before: number | undefined, laneId: string) => object = () => ({ messages: [], before: null })
  override: Override = () => undefined
  /** Sockets opened now get no sync answer until `release`. */
  holding = false
  /** Takes no more connections. */
  full = false
  /** Whose a ticket is, and the docs that it has opened. */
  readonly #tickets = new Map<string, { userId: string; opened: Set<string> }>()
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
  roll(writer: LaneWriter, laneId = 'main'): void {
    const lane = this.session.lanes.find((each) => each.laneId === laneId)
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

  /** Makes a lane; nobody is told before `tellOfLanes`. */
  addLane(laneId: string, audience: string[], writer = new LaneWriter()): LaneWriter {
    const doc = `launch/${laneId}@1`
    this.session.lanes.push({ laneId, audience, doc, board: `launch/${laneId}~board@1` })
    this.lanes.set(doc, writer)
    this.boards.set(`launch/${laneId}~board@1`, new Y.Doc())
    return writer
  }

  /** Nobody reads this lane any more; nobody is told. */
  removeLane(laneId: string): void {
    this.session.lanes = this.session.lanes.filter((lane) => lane.laneId !== laneId)
  }

  /** Tells every connection that lanes have changed. */
  tellOfLanes(): void {
    for (const socket of this.sockets) socket.tellOfLanes()
  }

  /** The newest socket of a lane. */
  socketOf(laneId: string): FakeSocket {
    const socket = this.sockets.findLast(({ url }) => url.pathname.startsWith(`/sync/launch/${laneId}@`))
    if (!socket) throw new Error(`nobody connected to ${laneId}`)
    return socket
  }

  open(socket: FakeSocket, url: URL): void {
    const ticket = this.#tickets.get(url.searchParams.get('ticket') ?? '')
    const name = url.pathname.replace('/sync/', '')
    this.sockets.push(socket)
    if (!ticket || ticket.opened.has(name)) socket.end(4401)
    else if (this.full) socket.end(4529)
    else {
      ticket.opened.add(name)
      const board = this.boards.get(name)
      socket.serve(ticket.userId, board ?? this.#writer(name).doc, board !== undefined)
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
      this.#tickets.set(ticket, { userId, opened: new Set() })
      return Response.json({ ticket, expiresAt: 0 })
    }
    if (method === 'GET' && path === '/sessions/launch') return Response.json(this.session)
    if (method === 'POST' && path === '/sessions/launch/prompts') return this.#accept(userId, body)
    const laneId = /^\/sessions\/launch\/lanes\/([^/]+)\/messages/.exec(path)?.[1]
    const before = Number(url.searchParams.get('before') ?? 0) || undefined
    if (laneId !== undefined) return Response.json(this.pages(before, laneId))
    const promptId = /^\/sessions\/launch\/prompts\/([^/?]+)$/.exec(path)?.[1]
    const state = method === 'GET' && promptId !== undefined ? this.states.get(promptId) : undefined
    if (state) return Response.json(state)
    return method === 'GET' ? refuse('NOT_FOUND') : Response.json({ ok: true })
  }

  #accept(userId: string, body: Record<string, unknown>): Response {
    const { commandId, text, audience = 'everyone' } = body as unknown as { commandId: string } & PromptBody
    let known = this.accepted.find((each) => each.commandId === commandId && each.userId === userId)
    if (!known) {
      const promptId = `p-${this.accepted.length + 1}`
      known = { commandId, userId, text, promptId, laneId: this.#laneFor(audience, userId) }
      this.accepted.push(known)
    }
    const { promptId, laneId } = known
    return Response.json({ promptId, laneId, position: 1 }, { status: 202 })
  }

  /** Made when it is first asked for, as the server does. */
  #laneFor(asked: Audience, userId: string): string {
    const audience = asked === 'everyone' ? asked : setOf([userId, ...asked])
    const known = this.session.lanes.find((lane) => sameAudience(lane.audience, audience))
    if (known) return known.laneId
    const laneId = `lane-${this.session.lanes.length}`
    this.addLane(laneId, [...audience])
    this.tellOfLanes()
    return laneId
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
