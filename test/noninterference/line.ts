import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Clock } from '../../server/clock.ts'

/** What left for one connection at one virtual time: bytes as they were written, then the close, if there was one. */
export interface Burst {
  at: number
  bytes: Buffer[]
  close?: number | 'reset' | 'terminated'
}

const HIGH_WATER = 16 * 1024
/** Bytes that a reader who does not read has waiting: more than any server keeps for it. */
const STUCK = 64 * 1024 * 1024

/**
 * Both ends of one WebSocket without a network: what the server writes to the socket is kept, and the client's end
 * hears of it. That is the outbox: from here on only real time is added.
 */
export class Line {
  readonly bursts: Burst[] = []
  readonly ws: WebSocket
  readonly socket: Socket
  readonly #clock: Clock
  readonly #ws = new EventEmitter()
  readonly #socket = new EventEmitter()
  #stuck = false
  #open = true

  constructor(clock: Clock, heard: (bytes: Buffer) => void, closed: (code: number) => void) {
    this.#clock = clock
    const end = (close: NonNullable<Burst['close']>) => {
      if (!this.#open) return
      this.#open = false
      this.#burst().close = close
      // The client answers the close, and is gone.
      queueMicrotask(() => this.#ws.emit('close'))
      closed(typeof close === 'number' ? close : 1006)
    }
    const write = (bytes: Buffer) => {
      this.#burst().bytes.push(bytes)
      heard(bytes)
    }
    const nothing = () => undefined
    this.ws = Object.assign(this.#ws, {
      close: (code: number) => end(code),
      terminate: () => end('terminated'),
    }) as unknown as WebSocket
    const stuck = () => this.#stuck
    this.socket = Object.assign(this.#socket, {
      ...{ write, cork: nothing, uncork: nothing, resetAndDestroy: () => end('reset') },
      writableHighWaterMark: HIGH_WATER,
    }) as unknown as Socket
    Object.defineProperty(this.socket, 'writableLength', { get: () => (stuck() ? STUCK : 0) })
  }

  get open(): boolean {
    return this.#open
  }

  /** The client says something. */
  say(frame: Uint8Array): void {
    if (this.#open) this.#ws.emit('message', Buffer.from(frame), true)
  }

  /** The client hangs up. */
  hangUp(): void {
    if (!this.#open) return
    this.#open = false
    this.#ws.emit('close')
  }

  /** From now on the client reads nothing. */
  stick(): void {
    this.#stuck = true
  }

  /** It reads again. */
  drain(): void {
    if (!this.#stuck) return
    this.#stuck = false
    if (this.#open) this.#socket.emit('drain')
  }

  #burst(): Burst {
    const now = this.#clock.now()
    const last = this.bursts.at(-1)
    if (last?.at === now) return last
    const burst = { at: now, bytes: [] }
    this.bursts.push(burst)
    return burst
  }
}
