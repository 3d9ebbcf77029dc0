import { AUTH, MESSAGE } from '@colloquy/shared/protocol'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as awareness from 'y-protocols/awareness'
import * as sync from 'y-protocols/sync'
import * as Y from 'yjs'
import type { FakeServer } from './server.ts'

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

  tellOfLanes(): void {
    if (this.readyState === this.OPEN) {
      this.#frame(MESSAGE.auth, (encoder) => encoding.writeVarUint(encoder, AUTH.lanes))
    }
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
