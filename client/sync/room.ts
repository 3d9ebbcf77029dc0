import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import type { Clock } from '../clock.ts'
import { Lane } from '../view/lane.ts'
import { type LocalCopy, noCopy } from './local.ts'

/** A socket that has not opened by then counts as lost. */
const OPEN_MS = 15_000
/** What a browser reports for a connection that was lost without a close frame. */
const LOST = 1006

interface RoomOptions {
  /** Name of the lane doc; opaque. */
  name: string
  /** Where docs are synced: `ws(s)://…/sync`. */
  syncUrl: string
  WebSocket: typeof WebSocket
  clock: Clock
  /** Opens the doc's copy in this browser. */
  open?: (doc: Y.Doc) => LocalCopy
  /** The lane's content changed. */
  changed: () => void
  /** Who is here changed. */
  peopleChanged: () => void
  /** The doc holds all that the server has. */
  synced: () => void
  /** The connection is gone, with this close code. */
  closed: (code: number) => void
}

/**
 * One incarnation of a lane: its doc, its local copy and its connection. It connects when told to, once for
 * each ticket, and never by itself.
 */
export class Room {
  readonly name: string
  readonly lane: Lane
  readonly loaded: Promise<void>
  readonly #doc = new Y.Doc()
  readonly #local: LocalCopy
  readonly #provider: WebsocketProvider
  readonly #options: RoomOptions
  #stopTimer: (() => void) | null = null
  #destroyed = false
  #states: readonly unknown[] | null = null

  constructor(options: RoomOptions) {
    this.name = options.name
    this.#options = options
    this.lane = new Lane(this.#doc, options.changed)
    this.#local = options.open?.(this.#doc) ?? noCopy
    this.loaded = this.#local.loaded
    this.#provider = new WebsocketProvider(options.syncUrl, options.name, this.#doc, {
      connect: false,
      // Two accounts in one browser must not exchange updates behind the server.
      disableBc: true,
      WebSocketPolyfill: options.WebSocket,
      // Its own timers then find nothing to do: reconnecting is ours.
      maxBackoffTime: 0,
      shouldReconnect: () => false,
    })
    this.#listen()
  }

  /** Awareness states of everybody in the room; the same array until one changes. */
  get states(): readonly unknown[] {
    this.#states ??= [...this.#provider.awareness.getStates().values()]
    return this.#states
  }

  /** True while the connection is open and the doc holds all that the server has. */
  get synced(): boolean {
    return this.#provider.synced
  }

  connect(ticket: string): void {
    const provider = this.#provider
    // y-protocols ignores a state whose clock it has seen, also after the state was removed: without this,
    // people would stay invisible for up to 15 s after a reconnect.
    const { meta, clientID } = provider.awareness
    for (const id of [...meta.keys()]) if (id !== clientID) meta.delete(id)
    provider.params = { ticket }
    this.#stopTimer = this.#options.clock.after(OPEN_MS, () => provider.disconnect())
    provider.connect()
  }

  /** Drops the connection as if the network had; `closed` follows. */
  drop(): void {
    this.#provider.disconnect()
  }

  setTyping(typing: boolean): void {
    this.#provider.awareness.setLocalStateField('typing', typing)
  }

  /** Lets go of everything; no callback follows. */
  destroy(): void {
    this.#destroyed = true
    this.#stopTimer?.()
    this.#provider.off('connection-close', this.#onClose)
    this.#provider.off('sync', this.#onSync)
    this.#provider.awareness.off('change', this.#onPeople)
    this.#provider.destroy()
    this.#doc.destroy()
  }

  /** Deletes the local copy. */
  erase(): Promise<void> {
    return this.#local.erase()
  }

  #listen(): void {
    const provider = this.#provider
    const { awareness } = provider
    provider.on('connection-close', this.#onClose)
    provider.on('sync', this.#onSync)
    provider.on('status', ({ status }) => {
      if (status === 'connected') this.#stopTimer?.()
    })
    // Lanes are written by the server alone: an update that came from the local copy is not for sending.
    this.#doc.off('update', provider._updateHandler)
    // The stock provider repeats to the server what it heard about others; one's own state is enough.
    awareness.off('update', provider._awarenessUpdateHandler)
    awareness.on('update', (change: AwarenessChange, origin: unknown) => {
      if (origin === 'local') provider._awarenessUpdateHandler(change, origin)
    })
    awareness.on('change', this.#onPeople)
    // The first state has clock 0, which y-protocols ignores at the other end.
    this.setTyping(false)
  }

  readonly #onPeople = (): void => {
    this.#states = null
    this.#options.peopleChanged()
  }

  readonly #onSync = (synced: boolean): void => {
    if (synced) this.#options.synced()
  }

  /** Also for closings that the provider starts itself (30 s of silence), after which it would reconnect. */
  readonly #onClose = (event: CloseEvent | null): void => {
    this.#provider.shouldConnect = false
    this.#stopTimer?.()
    // Told later: the provider is still in the middle of closing.
    queueMicrotask(() => {
      if (!this.#destroyed) this.#options.closed(event?.code ?? LOST)
    })
  }
}

interface AwarenessChange {
  added: number[]
  updated: number[]
  removed: number[]
}
