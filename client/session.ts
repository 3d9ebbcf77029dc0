import type { PromptAnswer, SessionAnswer } from '@colloquy/shared/answers'
import { MAIN_LANE } from '@colloquy/shared/audience'
import type { Clock } from './clock.ts'
import { LastDocs } from './docs.ts'
import { Endings } from './endings.ts'
import { ColloquyError } from './errors.ts'
import { Api, newCommandId } from './http.ts'
import { Identity } from './identity.ts'
import { Outbox } from './outbox.ts'
import { Connection, type RoomEvents } from './sync/connection.ts'
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
  auth: () => string | Promise<string>
  storage: Public.Storage
  persist: boolean
  fetch: typeof fetch
  WebSocket: typeof WebSocket
  clock: Clock
  random: () => number
}

/** A person in a session: wires connection, outbox and snapshots together. */
export class LiveSession implements Public.Session {
  readonly ready: Promise<void>
  readonly #ready = Promise.withResolvers<void>()
  readonly #options: SessionOptions
  readonly #identity: Identity
  readonly #api: Api
  readonly #docs: LastDocs
  readonly #connection: Connection
  readonly #endings: Endings
  readonly #builder = new SnapshotBuilder()
  readonly #publisher: Publisher
  #history: History
  #outbox: Outbox | null = null
  #described: SessionAnswer | null = null
  /** People who were here without being known as members, and for whom the server was asked. */
  readonly #askedFor = new Set<string>()
  #typing = false
  #closed = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.ready = this.#ready.promise
    // Nobody need listen.
    this.ready.catch(() => {})
    this.#identity = new Identity(options.auth)
    this.#api = new Api({ ...options, identity: this.#identity })
    this.#docs = new LastDocs(options.storage, options.base)
    this.#history = this.#newHistory()
    this.#connection = new Connection({
      ...options,
      identity: this.#identity,
      api: this.#api,
      lastDoc: () => this.#lastDoc(),
      makeRoom: (doc, userId, events) => this.#makeRoom(doc, userId, events),
      described: (answer) => this.#onDescribed(answer),
      changed: () => this.#publisher.changed(),
      live: () => this.#onLive(),
      beforeSwap: (from, to) => this.#rereadHistory(from.lane, to.lane),
      ended: (error, lost) => this.#onEnded(error, lost),
    })
    this.#endings = new Endings(this.#api, options.clock, () =>
      this.#connection.state.state === 'live' ? this.#lane : null,
    )
    this.#publisher = new Publisher(
      options.clock,
      () => this.#build(),
      () => this.#endings.check(),
    )
    if (typeof addEventListener === 'function') {
      addEventListener('online', this.#onOnline)
      addEventListener('offline', this.#onOffline)
    }
    void this.#connection.start()
    void this.#openOutbox().catch(() => {})
  }

  snapshot(): Public.Snapshot {
    return this.#publisher.snapshot
  }

  subscribe(fn: (snapshot: Public.Snapshot) => void): () => void {
    return this.#publisher.subscribe(fn)
  }

  async prompt(text: string, options: Public.PromptOptions = {}): Promise<Public.SubmittedPrompt> {
    const outbox = await this.#openOutbox()
    const { id: userId } = await this.#identity.who()
    const seenSeq = this.#lane?.lastSeq
    const body = { text, ...options, ...(seenSeq === undefined ? {} : { seenSeq }) }
    const { session, clock } = this.#options
    const commandId = newCommandId()
    return this.#submitted(await outbox.submit({ commandId, userId, session, at: clock.now(), body }))
  }

  async discard(commandId: string): Promise<void> {
    await this.#outbox?.discard(commandId)
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

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (typeof removeEventListener === 'function') {
      removeEventListener('online', this.#onOnline)
      removeEventListener('offline', this.#onOffline)
    }
    const error = new ColloquyError('CLOSED', 'the session was closed')
    this.#connection.end('CLOSED')
    this.#api.close()
    this.#outbox?.close()
    this.#endings.close(error)
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

  async #openOutbox(): Promise<Outbox> {
    const { id: userId } = await this.#identity.who()
    if (this.#closed) throw new ColloquyError('CLOSED', 'the session was closed')
    if (!this.#outbox) {
      const { base, session } = this.#options
      this.#outbox = new Outbox({
        ...this.#options,
        key: `colloquy/outbox/${base}/${session}`,
        userId,
        send: (entry) => this.#api.submit(entry.commandId, entry.body),
        changed: () => this.#publisher.changed(),
      })
      this.#outbox.kick()
    }
    return this.#outbox
  }

  #submitted({ promptId, laneId, position }: PromptAnswer): Public.SubmittedPrompt {
    const finished = this.#endings.watch(promptId, laneId).then((end) => {
      // Who awaits the end finds it in the snapshot, too.
      this.#publisher.flush()
      return end
    })
    finished.catch(() => {})
    return {
      promptId,
      laneId,
      position,
      finished,
      edit: (text) => this.edit(promptId, text),
      withdraw: () => this.withdraw(promptId),
      move: (before) => this.move(promptId, before),
    }
  }

  #makeRoom(doc: string, userId: string, events: RoomEvents): Room {
    const room = new Room({
      ...this.#options,
      ...events,
      name: doc,
      ...(this.#options.persist ? { open: (ydoc) => openLocal(localName(doc, userId), ydoc) } : {}),
      changed: () => this.#publisher.changed(),
      peopleChanged: () => this.#onPeople(),
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
    this.#askedFor.clear()
    const doc = this.#connection.room?.name
    const userId = this.#identity.subject?.id
    if (this.#options.persist && doc !== undefined && userId !== undefined) {
      void this.#docs.set(userId, this.#options.session, doc)
    }
    this.#publisher.flush()
    this.#ready.resolve()
    this.#endings.recheck()
    void this.#openOutbox().then(
      (outbox) => outbox.kick(),
      () => {},
    )
  }

  #onEnded(error: ColloquyError, lost: boolean): void {
    const userId = this.#identity.subject?.id
    if (lost && userId !== undefined) void this.#docs.forget(userId, this.#options.session)
    this.#publisher.flush()
    this.#ready.reject(error)
    this.#endings.close(error)
    // Their writers hear why they cannot be sent.
    this.#outbox?.kick()
  }

  #onPeople(): void {
    this.#publisher.changed()
    const known = new Set(this.#described?.members.map(({ userId }) => userId))
    const { people } = this.#build()
    const unknown = people.filter(({ id }) => !known.has(id) && !this.#askedFor.has(id))
    if (unknown.length === 0) return
    for (const { id } of unknown) this.#askedFor.add(id)
    this.#api.describe().then(
      (answer) => this.#onDescribed(answer),
      () => {},
    )
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
      unsent: this.#outbox?.entries ?? [],
      connection: this.#connection.state,
    })
  }

  readonly #onOnline = (): void => {
    this.#connection.retryNow()
    this.#outbox?.kick()
  }

  readonly #onOffline = (): void => this.#connection.networkLost()
}
