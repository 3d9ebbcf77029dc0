import { AUTH, MESSAGE } from '@colloquy/shared/protocol'
import * as decoding from 'lib0/decoding'
import type { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import type * as Y from 'yjs'
import type { Clock } from '../clock.ts'

/** A socket that has not opened by then counts as lost. */
const OPEN_MS = 15_000
/** What a browser reports for a connection that was lost without a close frame. */
const LOST = 1006

export interface LinkOptions {
  /** Name of the doc; opaque. */
  name: string
  /** Where docs are synced: `ws(s)://…/sync`. */
  syncUrl: string
  WebSocket: typeof WebSocket
  clock: Clock
  /** Who is here changed. */
  peopleChanged: () => void
  /** The doc holds all that the server has. */
  synced: () => void
  /** What the person may read in the session has changed. */
  lanesChanged?: () => void
  /** The connection is gone, with this close code. */
  closed: (code: number) => void
}

/**
 * A doc's connection. It connects when told to, once for each ticket, and never by itself; of what is written
 * into the doc it sends nothing by itself.
 */
export class Link {
  readonly provider: WebsocketProvider
  readonly #options: LinkOptions
  #stopTimer: (() => void) | null = null
  #destroyed = false

  constructor(doc: Y.Doc, options: LinkOptions) {
    this.#options = options
    this.provider = new WebsocketProvider(options.syncUrl, options.name, doc, {
      connect: false,
      // Two accounts in one browser must not exchange updates behind the server.
      disableBc: true,
      WebSocketPolyfill: options.WebSocket,
      // Its own timers then find nothing to do: reconnecting is ours.
      maxBackoffTime: 0,
      shouldReconnect: () => false,
    })
    doc.off('update', this.provider._updateHandler)
    this.#listen()
  }

  get awareness(): Awareness {
    return this.provider.awareness
  }

  /** True while the connection is open and the doc holds all that the server has. */
  get synced(): boolean {
    return this.provider.synced
  }

  connect(ticket: string): void {
    const provider = this.provider
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
    this.provider.disconnect()
  }

  /** Lets go of the connection; no callback follows. */
  destroy(): void {
    this.#destroyed = true
    this.#stopTimer?.()
    this.provider.off('connection-close', this.#onClose)
    this.provider.off('sync', this.#onSync)
    this.awareness.off('change', this.#options.peopleChanged)
    this.provider.destroy()
  }

  #listen(): void {
    const { provider, awareness } = this
    provider.on('connection-close', this.#onClose)
    provider.on('sync', this.#onSync)
    provider.on('status', ({ status }) => {
      if (status === 'connected') this.#stopTimer?.()
    })
    this.#hearOfLanes()
    // The stock provider repeats to the server what it heard about others; one's own state is enough.
    awareness.off('update', provider._awarenessUpdateHandler)
    awareness.on('update', (change: AwarenessChange, origin: unknown) => {
      if (origin === 'local') provider._awarenessUpdateHandler(change, origin)
    })
    awareness.on('change', this.#options.peopleChanged)
    // The first state has clock 0, which y-protocols ignores at the other end.
    awareness.setLocalState({})
  }

  #hearOfLanes(): void {
    const handlers = this.provider.messageHandlers
    const denied = handlers[MESSAGE.auth]
    handlers[MESSAGE.auth] = (encoder, decoder, ...rest) => {
      const what = decoding.readVarUint(decoding.clone(decoder))
      if (what === AUTH.lanes) this.#options.lanesChanged?.()
      else denied?.(encoder, decoder, ...rest)
    }
  }

  readonly #onSync = (synced: boolean): void => {
    if (synced) this.#options.synced()
  }

  /** Also for closings that the provider starts itself (30 s of silence), after which it would reconnect. */
  readonly #onClose = (event: CloseEvent | null): void => {
    this.provider.shouldConnect = false
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
