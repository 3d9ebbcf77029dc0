import { EVERYONE, MAIN_LANE } from '@colloquy/shared/audience'
import { Api } from './api.ts'
import type { Clock } from './clock.ts'
import { type KeptLane, LastDocs } from './docs.ts'
import { ColloquyError } from './errors.ts'
import { Http } from './http.ts'
import type { Credentials } from './identity.ts'
import { watchNetwork } from './network.ts'
import { Prompts } from './prompts.ts'
import { Boards } from './sync/boards.ts'
import { Entrance } from './sync/entrance.ts'
import { Lanes } from './sync/lanes.ts'
import type { LiveLane } from './sync/live-lane.ts'
import type * as Public from './types/index.ts'
import { Publisher } from './view/publisher.ts'
import { SnapshotBuilder } from './view/snapshot.ts'

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

/** A person in a session: wires lanes, outbox and snapshots together. */
export class LiveSession implements Public.Session {
  readonly id: string
  readonly ready: Promise<void>
  readonly #ready = Promise.withResolvers<void>()
  readonly #options: SessionOptions
  readonly #http: Http
  readonly #identity: Credentials
  readonly #api: Api
  readonly #docs: LastDocs
  readonly #lanes: Lanes
  readonly #boards: Boards
  readonly #stopWatching: () => void
  readonly #prompts: Prompts
  readonly #builder = new SnapshotBuilder()
  readonly #publisher: Publisher
  #kept: Promise<readonly KeptLane[]> | null = null
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
    const entrance = new Entrance({
      session: options.session,
      api: this.#api,
      described: (answer) => this.#lanes.update(answer),
    })
    const shared = { ...options, identity: this.#identity, api: this.#api, entrance }
    const changed = () => this.#publisher.changed()
    this.#lanes = new Lanes({
      ...shared,
      changed,
      kept: () => this.#keptLanes(),
      live: (lane) => this.#onLive(lane),
      lost: () => this.#onLost(),
      ended: (error, lost) => this.#onEnded(error, lost),
    })
    this.#boards = new Boards({ ...shared, role: () => this.#build().me?.role ?? null })
    this.#prompts = new Prompts({
      ...shared,
      lanes: this.#lanes,
      changed,
      signedOut: (error) => this.#lanes.main.connection.refuse(error),
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
    void this.#lanes.start()
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

  regenerate(messageId: string, options: { model?: string } = {}): Promise<Public.SubmittedPrompt> {
    return this.#prompts.regenerate(messageId, options)
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

  async share(messageId: string, audience: Public.Audience): Promise<Public.SharedMessage> {
    const shared = await this.#api.share(messageId, audience)
    if (!this.#lanes.get(shared.laneId)) this.#lanes.refresh()
    return shared
  }

  async fork(laneId: string, seq: number, title?: string): Promise<string> {
    return (await this.#api.fork(laneId, seq, title)).id
  }

  view(laneId: string = MAIN_LANE): Promise<Public.View> {
    return this.#api.view(laneId)
  }

  stopAll(userId: string): Promise<void> {
    return this.#api.stopAll(userId)
  }

  async older(): Promise<Public.OlderMessages> {
    const older = await this.#lanes.older()
    this.#publisher.flush()
    return older
  }

  setTyping(typing: boolean, audience: Public.Audience = EVERYONE): void {
    this.#lanes.setTyping(typing ? audience : null)
    this.#publisher.changed()
  }

  board(laneId: string = MAIN_LANE): Public.Board {
    return this.#boards.open(laneId)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stopWatching()
    const error = new ColloquyError('CLOSED', 'the session was closed')
    this.#lanes.end('CLOSED')
    this.#boards.end(error)
    this.#http.close()
    this.#prompts.close(error)
    this.#ready.reject(error)
    this.#publisher.flush()
    this.#publisher.close()
  }

  async signOut(): Promise<void> {
    const userId = this.#identity.subject?.id
    this.close()
    await this.#lanes.erase()
    if (userId !== undefined) await this.#docs.eraseAll(userId)
  }

  #keptLanes(): Promise<readonly KeptLane[]> {
    this.#kept ??= this.#readKept()
    return this.#kept
  }

  async #readKept(): Promise<readonly KeptLane[]> {
    if (!this.#options.persist) return []
    const { id } = await this.#identity.who()
    return this.#docs.get(id, this.#options.session)
  }

  #keep(): void {
    const userId = this.#identity.subject?.id
    if (!this.#options.persist || userId === undefined) return
    const kept = this.#lanes.all.flatMap(({ where, connection: { room } }) =>
      room ? [{ ...where, doc: room.name }] : [],
    )
    void this.#docs.set(userId, this.#options.session, kept)
  }

  #onLive(lane: LiveLane): void {
    this.#keep()
    this.#publisher.flush()
    this.#prompts.recheck()
    if (!lane.isMain) return
    this.#ready.resolve()
    this.#prompts.live()
  }

  #onLost(): void {
    this.#keep()
    this.#prompts.recheck()
  }

  #onEnded(error: ColloquyError, lost: boolean): void {
    this.#lanes.end(error.code)
    const userId = this.#identity.subject?.id
    if (lost) void this.#lanes.erase()
    if (lost && userId !== undefined) void this.#docs.forget(userId, this.#options.session)
    this.#publisher.flush()
    this.#ready.reject(error)
    this.#prompts.ended(error)
    this.#boards.end(error)
  }

  #build(): Public.Snapshot {
    const { main, narrower, described, connection } = this.#lanes
    return this.#builder.build({
      main,
      narrower,
      described,
      connection,
      subject: this.#identity.subject,
      typing: main.typing,
      unsent: this.#prompts.unsent,
    })
  }

  #onOnline(): void {
    this.#lanes.retryNow()
    this.#boards.retryNow()
    this.#prompts.kick()
  }

  #onOffline(): void {
    this.#lanes.networkLost()
    this.#boards.networkLost()
  }
}
