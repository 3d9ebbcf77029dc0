import type { SessionAnswer } from '@colloquy/shared/answers'
import { CLOSE } from '@colloquy/shared/protocol'
import type { Clock } from '../clock.ts'
import { ColloquyError, isTransient } from '../errors.ts'
import type { Credentials } from '../identity.ts'
import type { ConnectionState } from '../types/index.ts'
import type { Entrance } from './entrance.ts'
import { afterClose, backoff, SPREAD_FROM } from './policy.ts'

export interface RoomEvents {
  synced(): void
  closed(code: number): void
}

/** One incarnation of a doc, with its connection. */
export interface Place {
  readonly name: string
  /** Resolves once it holds what this browser kept of it. */
  readonly loaded: Promise<void>
  readonly synced: boolean
  connect(ticket: string): void
  /** Drops the connection as if the network had; `closed` follows. */
  drop(): void
  /** Lets go of everything; no callback follows. */
  destroy(): void
  /** Deletes what this browser kept of it. */
  erase(): Promise<void>
}

interface ConnectionOptions<R extends Place> {
  entrance: Entrance
  identity: Credentials
  clock: Clock
  random: () => number
  /** Name of the doc that was open here last: its copy is shown before the server answers. */
  lastDoc: () => Promise<string | null>
  /** Name of the doc that is to be open now. */
  docOf: (answer: SessionAnswer) => string
  makeRoom: (doc: string, userId: string, events: RoomEvents) => R
  /** False: it connects with the next `retryNow`. */
  mayConnect: () => boolean
  /** What is shown should be drawn again. */
  changed: () => void
  /** The shown doc holds all that the server has. */
  live: () => void
  /** Runs before a new incarnation is shown in place of an old one. */
  beforeSwap: (from: R, to: R) => void | Promise<void>
  /** Over for good. `lost`: the person may no longer read the session. */
  ended: (error: ColloquyError, lost: boolean) => void
}

interface Again {
  state?: 'offline' | 'reconnecting'
  /** Turned away before anything was synced: as many are connected as a session takes. */
  full?: boolean
  /** ms to wait, whatever the attempt. */
  atLeast?: number
}

/**
 * Keeps one lane, or the board beside it, connected: asks what the session looks like, fetches a ticket, connects, and
 * starts over when that ends, until it is closed or refused for good. The doc's new incarnation takes the place of the shown one
 * only once it is synced.
 */
export class Connection<R extends Place> {
  readonly #options: ConnectionOptions<R>
  /** What is shown. */
  #room: R | null = null
  /** The new incarnation, until it is synced. */
  #next: R | null = null
  #state: Omit<ConnectionState, 'unsent'> = { state: 'connecting' }
  /** Attempts since the doc was last in sync. */
  #attempt = 0
  #stopTimer: (() => void) | null = null
  /** It might not connect when it would have. */
  #held = false
  #started = false

  constructor(options: ConnectionOptions<R>) {
    this.#options = options
  }

  get room(): R | null {
    return this.#room
  }

  /** A new object after every change. */
  get state(): Omit<ConnectionState, 'unsent'> {
    return this.#state
  }

  /** Shows the local copy, if there is one, and connects: as `answer` says, where it is known. */
  async start(answer?: SessionAnswer): Promise<void> {
    if (this.#started) return
    this.#started = true
    await this.#showLast()
    await this.#connect(answer)
  }

  /** Tries at once where it would have waited: the network is back. */
  retryNow(): void {
    if (!this.#stopTimer && !this.#held) return
    this.#stopTimer?.()
    this.#stopTimer = null
    this.#attempt = 0
    // Not by a timer: those that are told together ask together.
    void this.#connect()
  }

  /** The browser says that there is no network: not to wait until the silence is noticed. */
  networkLost(): void {
    this.#next?.drop()
    this.#room?.drop()
  }

  /** Ends for good; the shown room stays readable. */
  end(reason: string): void {
    if (this.#ended) return
    this.#stopTimer?.()
    this.#stopTimer = null
    if (this.#next) this.#discard(this.#next)
    this.#next = null
    this.#room?.destroy()
    this.#setState('ended', reason)
  }

  /** Ends for good: the server refused the person, here or elsewhere. */
  refuse(error: ColloquyError, lost = false): void {
    if (!this.#ended) this.#refused(error, lost)
  }

  get #ended(): boolean {
    return this.#state.state === 'ended'
  }

  async #showLast(): Promise<void> {
    try {
      const { id } = await this.#options.identity.who()
      const doc = await this.#options.lastDoc()
      if (doc === null || this.#ended) return
      this.#room = this.#makeRoom(doc, id)
      await this.#room.loaded
      this.#options.changed()
    } catch {
      // Nobody is signed in, or nothing was kept: connecting tells which.
    }
  }

  async #connect(known?: SessionAnswer): Promise<void> {
    const { entrance, identity, mayConnect } = this.#options
    this.#held = !mayConnect()
    if (this.#held || this.#ended) return
    try {
      const who = await identity.who()
      const [answer, ticket] = await Promise.all([known ?? entrance.describe(), entrance.ticket()])
      if (this.#ended) return
      const room = await this.#roomFor(this.#options.docOf(answer), who.id)
      if (!this.#ended) room.connect(ticket)
    } catch (error) {
      if (!this.#ended) this.#failed(error)
    }
  }

  /** The room of this doc: the shown one, or a new one that is shown when synced. */
  async #roomFor(doc: string, userId: string): Promise<R> {
    if (this.#next && this.#next.name !== doc) {
      this.#discard(this.#next)
      this.#next = null
    }
    if (this.#room?.name === doc) return this.#room
    const room = this.#next ?? this.#makeRoom(doc, userId)
    if (this.#room) this.#next = room
    else this.#room = room
    await room.loaded
    return room
  }

  #makeRoom(doc: string, userId: string): R {
    const room: R = this.#options.makeRoom(doc, userId, {
      synced: () => void this.#synced(room),
      closed: (code) => this.#closed(room, code),
    })
    return room
  }

  async #synced(room: R): Promise<void> {
    if (this.#ended) return
    this.#attempt = 0
    if (room === this.#next) {
      await this.#swap(room)
      if (this.#ended) return
    }
    if (room !== this.#room || !room.synced) return
    this.#setState('live')
    this.#options.live()
  }

  async #swap(next: R): Promise<void> {
    const old = this.#room
    if (old) await this.#options.beforeSwap(old, next)
    if (this.#ended || this.#next !== next) return
    this.#room = next
    this.#next = null
    if (old) this.#discard(old)
  }

  /** Of an incarnation that is over nothing stays, here or in the browser. */
  #discard(room: R): void {
    room.destroy()
    void room.erase()
  }

  #closed(room: R, code: number): void {
    if (this.#ended || (room !== this.#room && room !== this.#next)) return
    const after = afterClose(code)
    switch (after.act) {
      case 'end':
        this.#refused(new ColloquyError(after.reason, `the server ended it (${code})`), after.erase)
        break
      case 'rename':
        // Told in the same answer as members and title: every attempt begins by asking for it.
        this.#again('none')
        break
      case 'retry':
        if (after.renewToken) void this.#options.identity.renew()
        this.#again(after.wait, { full: code === CLOSE.tooMany && this.#state.state !== 'live' })
        break
    }
  }

  #failed(error: unknown): void {
    if (error instanceof ColloquyError && error.status >= 400 && !isTransient(error)) {
      this.#refused(error, error.status === 404)
      return
    }
    const unreachable = error instanceof ColloquyError && error.code === 'OFFLINE'
    const asked = error instanceof ColloquyError ? (error.retryAfter ?? 0) : 0
    this.#again('short', { state: unreachable ? 'offline' : 'reconnecting', atLeast: asked })
  }

  #again(
    wait: 'none' | 'short' | 'spread',
    { state = 'reconnecting', full = false, atLeast = 0 }: Again = {},
  ) {
    // At once only the first time: a server that refuses every ticket is not asked without pause.
    const attempt = wait === 'spread' ? Math.max(this.#attempt, SPREAD_FROM) : this.#attempt
    const delay = wait === 'none' && this.#attempt === 0 ? 0 : backoff(attempt, this.#options.random)
    this.#attempt++
    this.#setState(state, full ? 'FULL' : undefined)
    this.#schedule(Math.max(delay, atLeast))
  }

  #schedule(ms: number): void {
    this.#stopTimer?.()
    this.#stopTimer = this.#options.clock.after(ms, () => {
      this.#stopTimer = null
      void this.#connect()
    })
  }

  #refused(error: ColloquyError, lost: boolean): void {
    const room = this.#room
    this.end(error.code)
    if (lost && room) void room.erase()
    this.#options.ended(error, lost)
  }

  #setState(state: ConnectionState['state'], reason?: string): void {
    if (this.#state.state === state && this.#state.reason === reason) return
    this.#state = reason === undefined ? { state } : { state, reason }
    this.#options.changed()
  }
}
