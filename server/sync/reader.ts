import type { Socket } from 'node:net'
import { CLOSE, type CloseCode } from '@colloquy/shared'
import type { WebSocket } from 'ws'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../clock.ts'
import { KEEPALIVE, LANES_CHANGED } from './frame.ts'
import type { Speaker } from './presence.ts'

/** A reader that could not be written to for this long is closed. */
const STUCK_MS = 30_000
/** Stock clients hang up after 30 s without a message; pings do not count. */
const QUIET_MS = 15_000
/** How long a client may take to answer the close frame before its socket is destroyed … */
const CLOSING_MS = 10_000
/** … and one that was revoked. */
const REVOKED_MS = 1_000

export interface ReaderOptions {
  ws: WebSocket
  socket: Socket
  principal: Principal
  /** Counts connections up: of two, the one with the higher number is newer. */
  number: number
  clock: Clock
  /** Bytes that may wait in its socket before it counts as behind. */
  bufferBytes: number
  /** Called once when no more may be sent to it, with the code it was closed with, if it was. */
  ended(code: CloseCode | null): void
}

/**
 * One open connection, as rooms see it: takes whole frames. What waits for it in memory is bounded: the rooms
 * stop writing to one that is `full` and remember only what it has seen.
 */
export class Reader {
  readonly principal: Principal
  readonly speaker: Speaker
  /** State vector of all it was sent before it fell behind; null while it gets everything. */
  behind: Uint8Array | null = null
  /** State vector of a sync step 1 that waits for its answer. */
  asked: Uint8Array | null = null
  /** True while an answer for it waits to be durable: there is one at a time. */
  serving = false
  /** What was published meanwhile: it builds on the answer, so it leaves after it. */
  held: Buffer[] = []
  /** False until its first sync step 1 was answered: whatever else it gets builds on that. */
  answered = false
  /** The `rights` at which it was last seen that the person may read what they are sent here. */
  rights = -1
  readonly #options: ReaderOptions
  readonly #limit: number
  #open = true
  #sentAt: number
  #stuckSince: number | null = null

  constructor(options: ReaderOptions) {
    const { principal, socket, clock } = options
    this.#options = options
    this.principal = principal
    this.speaker = {
      number: options.number,
      userId: principal.userId,
      name: principal.name,
      clientIds: new Set(),
      silent: true,
    }
    // Below the high-water mark the socket would not tell when it has drained.
    this.#limit = Math.max(options.bufferBytes, socket.writableHighWaterMark)
    this.#sentAt = clock.now()
  }

  get open(): boolean {
    return this.#open
  }

  /** True while too much waits in its socket; `drained` tells the end of it. */
  full(): boolean {
    if (this.#options.socket.writableLength <= this.#limit) return false
    this.#stuckSince ??= this.#options.clock.now()
    return true
  }

  drained(): void {
    this.#stuckSince = null
  }

  /** Whole frames only: ws writes its own to the same socket. */
  send(frames: Buffer | readonly Buffer[]): void {
    if (!this.#open || frames.length === 0) return
    this.#sentAt = this.#options.clock.now()
    const { socket } = this.#options
    if (Buffer.isBuffer(frames)) {
      socket.write(frames)
      return
    }
    socket.cork()
    for (const frame of frames) socket.write(frame)
    socket.uncork()
  }

  /**
   * Says that what the person may read has changed. It is no sign of life: when others see a stuck connection end shall
   * not hang on lanes that are hidden from them.
   */
  ring(): void {
    if (this.#open) this.#options.socket.write(LANES_CHANGED)
  }

  /** Lets what was sent go out, then closes. */
  close(code: CloseCode): void {
    if (!this.#end(code)) return
    closeWithin(this.#options.ws, code, this.#options.clock)
  }

  /** Closes at once: what was written and is still on this machine is dropped as far as the system lets us. */
  cut(code: CloseCode): void {
    if (!this.#end(code)) return
    const { ws, socket, clock } = this.#options
    if (socket.writableLength > 0) {
      socket.resetAndDestroy()
      return
    }
    closeWithin(ws, code, clock, REVOKED_MS)
  }

  /** The other side is gone. */
  gone(): void {
    this.#end(null)
  }

  /** Called every second or so: time limits and signs of life. */
  tick(now: number): void {
    if (now >= this.principal.expiresAt) this.close(CLOSE.identityExpired)
    else if (this.#stuckSince !== null && now - this.#stuckSince >= STUCK_MS) this.close(CLOSE.slow)
    else if (now - this.#sentAt >= QUIET_MS && !this.full()) this.send(KEEPALIVE)
  }

  #end(code: CloseCode | null): boolean {
    if (!this.#open) return false
    this.#open = false
    this.asked = null
    this.behind = null
    this.#options.ended(code)
    return true
  }
}

/** Sends a close frame after all that was written, and destroys a socket that does not answer it. */
export function closeWithin(ws: WebSocket, code: CloseCode, clock: Clock, ms = CLOSING_MS): void {
  ws.close(code)
  const stop = clock.after(ms, () => ws.terminate())
  ws.once('close', stop)
}
