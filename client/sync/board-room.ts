import { CLOSE, MESSAGE, SYNC } from '@colloquy/shared/protocol'
import * as decoding from 'lib0/decoding'
import type { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Place } from './connection.ts'
import { draftsOf } from './drafts.ts'
import { Link, type LinkOptions } from './link.ts'

/** What WebSockets close with when a frame is larger than the server takes. */
const OVERSIZE = 1009

interface BoardRoomOptions extends LinkOptions {
  /** The server would close the connection of somebody who writes and may not. */
  mayWrite: () => boolean
  /** `structure`: more than text. */
  changed: (structure: boolean) => void
}

/** One incarnation of a board: its doc, which is written here and by others, and its connection. */
export class BoardRoom implements Place {
  readonly name: string
  readonly loaded = Promise.resolve()
  readonly doc = new Y.Doc()
  /**
   * The same doc as the server is known to have it: what is written here gets in when it comes back from there.
   * What `doc` has beyond it would be lost with this incarnation.
   */
  readonly confirmed = new Y.Doc()
  readonly #mayWrite: () => boolean
  readonly #link: Link

  constructor(options: BoardRoomOptions) {
    this.name = options.name
    this.#mayWrite = options.mayWrite
    // Each time it would send the same again.
    const closed = (code: number) => options.closed(code === OVERSIZE ? CLOSE.boardFull : code)
    this.#link = new Link(this.doc, { ...options, closed })
    draftsOf(this.doc).observeDeep((events) => {
      options.changed(events.some((event) => !(event instanceof Y.YTextEvent)))
    })
    this.#send()
    this.#confirm()
    this.#askForAll()
  }

  get awareness(): Awareness {
    return this.#link.awareness
  }

  get synced(): boolean {
    return this.#link.synced
  }

  connect(ticket: string): void {
    this.#link.connect(ticket)
  }

  drop(): void {
    this.#link.drop()
  }

  destroy(): void {
    this.#link.destroy()
    this.awareness.destroy()
    this.confirmed.destroy()
    // Not `doc`: who has left the board, or was made to, may still read what it says.
  }

  erase(): Promise<void> {
    return Promise.resolve()
  }

  #send(): void {
    const { provider } = this.#link
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== provider && this.#mayWrite()) provider._updateHandler(update, origin)
    })
  }

  #confirm(): void {
    const { provider } = this.#link
    const handle = provider.messageHandlers[MESSAGE.sync]
    if (!handle) return
    provider.messageHandlers[MESSAGE.sync] = (encoder, decoder, ...rest) => {
      const ahead = decoding.clone(decoder)
      const asked = decoding.readVarUint(ahead) === SYNC.step1
      if (!asked) Y.applyUpdate(this.confirmed, decoding.readVarUint8Array(ahead))
      // The server asks for what it lacks, which is writing.
      if (!asked || this.#mayWrite()) handle(encoder, decoder, ...rest)
    }
  }

  /**
   * The provider asks for what `doc` lacks as soon as it has told that it is connected. What the server had
   * received without our hearing of it would stay unconfirmed: it has to ask on behalf of `confirmed`.
   */
  #askForAll(): void {
    const { provider } = this.#link
    provider.on('status', ({ status }) => {
      if (status !== 'connected') return
      const { clientID } = this.confirmed
      // It tells under this id who is here, too.
      this.confirmed.clientID = this.doc.clientID
      provider.doc = this.confirmed
      queueMicrotask(() => {
        this.confirmed.clientID = clientID
        provider.doc = this.doc
      })
    })
  }
}
