import type { SessionAnswer } from '@colloquy/shared/answers'
import { MAIN_LANE } from '@colloquy/shared/audience'
import { Api } from './api.ts'
import type { Clock } from './clock.ts'
import { LastDocs } from './docs.ts'
import { ColloquyError } from './errors.ts'
import { Http } from './http.ts'
import type { Credentials } from './identity.ts'
import { watchNetwork } from './network.ts'
import { Prompts } from './prompts.ts'
import { Boards } from './sync/boards.ts'
import { Connection, type RoomEvents } from './sync/connection.ts'
import { mainLane } from './sync/lanes.ts'
import { localName, openLocal } from './sync/local.ts'
import { Room } from './sync/room.ts'
import type * as Public from './types.ts'
import { History } from './view/history.ts'
import type { Lane } from './view/lane.ts'
import { Publisher } from './view/publisher.ts'
import { SnapshotBuilder } from './view/snapshot.ts'

const NOBODY: readonly never[] = []

export interface SessionOptions {
  /** Where the server is: absolute, without a final slash. */
  base: string
  syncUrl: string
  session: string
  /** Without it the browser's cookie proves who this is. */
  auth?: (() => string | Promise<string>) | undefined
  storage: Public.Storage
  persist: boolean
  fetch: typeof fetch
  WebSocket: typeof WebSocket
  clock: Clock
  random: () => number
}

/** A person in a session: wires connection, outbox and snapshots together. */
export class LiveSession implements Public.Session {
  readonly id: string
  readonly ready: Promise<void>
  readonly #ready = Promise.withResolvers<void>()
  readonly #options: SessionOptions
  readonly #http: Http
  readonly #identity: Credentials
  readonly #api: Api
  readonly #docs: LastDocs
  readonly #connection: Connection<Room>
  readonly #boards: Boards
  readonly #stopWatching: () => void
  readonly #prompts: Prompts
  readonly #builder = new SnapshotBuilder()
  readonly #publisher: Publisher
  #history: History
  #described: SessionAnswer | null = null
  #typing = false
  #closed = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.id = options.session
    this.ready = this.#ready.promise
    // Nobody need listen.
    this.ready.catch(() => {})
    this.#http = new Http(options)
    this.#identity = this.#http.identity
    this.#api = new Api(this.#http, options.session)
    this.#docs = new LastDocs(options.storage, options.base)
    this.#history = this.#newHistory()
    const shared = {
      ...options,
      identity: this.#identity,
      api: this.#api,
      described: (answer: SessionAnswer) => this.#onDescribed(answer),
    }
    this.#boards = new Boards({
      ...shared,
      docOf: (answer) => mainLane(answer).board,
      role: () => this.#build().me?.role ?? null,
    })
    this.#connection = new Connection({
      ...shared,
      lastDoc: () => this.#lastDoc(),
      docOf: (answer) => mainLane(answer).doc,
      makeRoom: (doc, userId, events) => this.#makeRoom(doc, userId, events),
      changed: () => this.#publisher.changed(),
      live: () => this.#onLive(),
      beforeSwap: (from, to) => this.#rereadHistory(from.lane, to.lane),
      ended: (error, lost) => this.#onEnded(error, lost),
    })
    this.#prompts = new Prompts({
      ...shared,
      lane: () => this.#lane,
      liveLane: () => (this.#connection.state.state === 'live' ? this.#lane : null),
      changed: () => this.#publisher.changed(),
      signedOut: (error) => this.#connection.refuse(error),
      flush: () => this.#publisher.flush(),
    })
    this.#publisher = new Publisher(
      options.clock,
      () => this.#build(),
      () => this.#prompts.check(),
    )
    this.#stopWatching = watchNetwork(
      () => this.#onOnline(),
      () => this.#onOffline(),
    )
    void this.#connection.start()
  }

  snapshot(): Public.Snapshot {
    return this.#publisher.snapshot
  }

  subscribe(fn: (snapshot: Public.Snapshot) => void): () => void {
    return this.#publisher.subscribe(fn)
  }

  prompt(text: string, options: Public.PromptOptions = {}): Promise<Public.SubmittedPrompt> {
    return this.#prompts.submit(text, options)
  }

  discard(commandId: string): Promise<boolean> {
    return this.#prompts.discard(commandId)
  }

  edit(promptId: string, text: string): Promise<void> {
    return this.#api.edit(promptId, text)
  }

  withdraw(promptId: string): Promise<void> {
    return this.#api.withdraw(promptId)
  }

  move(promptId: string, before: string | null): Promise<void> {
    return this.#api.move(promptId, before)
  }

  cancel(turnId: string): Promise<void> {
    return this.#api.cancel(turnId)
  }

  allowCall(call: Public.CallRef): Promise<void> {
    return this.#api.decide(call, { decision: 'allow' })
  }

  denyCall(call: Public.CallRef): Promise<void> {
    return this.#api.decide(call, { decision: 'deny' })
  }

  editCall(call: Public.CallRef, args: Record<string, unknown>): Promise<void> {
    return this.#api.decide(call, { decision: 'edit', args })
  }

  retract(messageId: string): Promise<void> {
    return this.#api.retract(messageId)
  }

  invite(options: { role: Public.Role; expiresIn: number; uses: number }): Promise<Public.Invite> {
    return this.#api.invite(options)
  }

  async older(): Promise<Public.OlderMessages> {
    if (!this.#lane) return { messages: [], more: false }
    const older = await this.#history.older(this.#lane.firstSeq)
    this.#publisher.flush()
    return older
  }

  setTyping(typing: boolean): void {
    if (this.#typing === typing) return
    this.#typing = typing
    this.#connection.room?.setTyping(typing)
    this.#publisher.changed()
  }

  board(): Public.Board {
    return this.#boards.open()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stopWatching()
    const error = new ColloquyError('CLOSED', 'the session was closed')
    this.#connection.end('CLOSED')
    this.#boards.end(error)
    this.#http.close()
    this.#prompts.close(error)
    this.#ready.reject(error)
    this.#publisher.flush()
    this.#publisher.close()
  }

  async signOut(): Promise<void> {
    const room = this.#connection.room
    const userId = this.#identity.subject?.id
    this.close()
    await room?.erase()
    if (userId !== undefined) await this.#docs.eraseAll(userId)
  }

  get #lane(): Lane | null {
    return this.#connection.room?.lane ?? null
  }

  #makeRoom(doc: string, userId: string, events: RoomEvents): Room {
    const room = new Room({
      ...this.#options,
      ...events,
      name: doc,
      ...(this.#options.persist ? { open: (ydoc) => openLocal(localName(doc, userId), ydoc) } : {}),
      changed: () => this.#publisher.changed(),
      peopleChanged: () => this.#publisher.changed(),
    })
    room.setTyping(this.#typing)
    return room
  }

  async #lastDoc(): Promise<string | null> {
    if (!this.#options.persist) return null
    const { id } = await this.#identity.who()
    return this.#docs.get(id, this.#options.session)
  }

  #onDescribed(answer: SessionAnswer): void {
    this.#described = answer
    this.#publisher.changed()
  }

  #onLive(): void {
    const doc = this.#connection.room?.name
    const userId = this.#identity.subject?.id
    if (this.#options.persist && doc !== undefined && userId !== undefined) {
      void this.#docs.set(userId, this.#options.session, doc)
    }
    this.#publisher.flush()
    this.#ready.resolve()
    this.#prompts.live()
  }

  #onEnded(error: ColloquyError, lost: boolean): void {
    const userId = this.#identity.subject?.id
    if (lost && userId !== undefined) void this.#docs.forget(userId, this.#options.session)
    this.#publisher.flush()
    this.#ready.reject(error)
    this.#prompts.ended(error)
    this.#boards.end(error)
  }

  /** What was read of older pages is read again for a new incarnation: something may have been taken back. */
  async #rereadHistory(from: Lane, to: Lane): Promise<void> {
    const history = this.#newHistory()
    const oldest = this.#history.messages[0]?.metadata.seq
    try {
      if (oldest !== undefined && oldest < from.firstSeq) await history.upTo(oldest, to.firstSeq)
    } catch {
      // The reader scrolls back again.
    }
    this.#history = history
  }

  #newHistory(): History {
    return new History((before) => this.#api.messages(MAIN_LANE, before))
  }

  #build(): Public.Snapshot {
    return this.#builder.build({
      lane: this.#lane,
      older: this.#history.messages,
      states: this.#connection.room?.states ?? NOBODY,
      subject: this.#identity.subject,
      typing: this.#typing,
      described: this.#described,
      unsent: this.#prompts.unsent,
      connection: this.#connection.state,
    })
  }

  #onOnline(): void {
    this.#connection.retryNow()
    this.#boards.retryNow()
    this.#prompts.kick()
  }

  #onOffline(): void {
    this.#connection.networkLost()
    this.#boards.networkLost()
  }
}
