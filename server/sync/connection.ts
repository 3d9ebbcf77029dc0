import type { Socket } from 'node:net'
import { CLOSE, type CloseCode } from '@colloquy/shared'
import type { RawData, WebSocket } from 'ws'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { TokenBucket } from './bucket.ts'
import type { Desk } from './desk.ts'
import { type Incoming, readIncoming } from './incoming.ts'
import { Reader } from './reader.ts'

/** What may wait while the doc is being opened. A stock client sends two messages at once. */
const MAX_WAITING = 16
const MAX_WAITING_BYTES = 256 * 1024
/** An answer to sync step 1 costs an encoding of the doc. */
const STEP1_COST = 10
/** Checking or applying what a client says the doc holds costs in proportion to its length. */
const BYTES_PER_TOKEN = 4096

export interface ConnectionOptions {
  ws: WebSocket
  socket: Socket
  principal: Principal
  number: number
  bufferBytes: number
  clock: Clock
  log: Log
  /** Called once when the connection is closed or closing. */
  ended(code: CloseCode | null): void
}

/** One WebSocket: reads its messages, and keeps them while the doc it came for is being opened. */
export class Connection {
  readonly reader: Reader
  readonly #bucket: TokenBucket
  readonly #clock: Clock
  readonly #log: Log
  #desk: Desk | null = null
  #waiting: Incoming[] = []
  #waitingBytes = 0

  constructor(options: ConnectionOptions) {
    const { ws, socket, clock, log } = options
    this.#clock = clock
    this.#log = log
    this.#bucket = new TokenBucket(clock.now())
    this.reader = new Reader(options)
    ws.on('message', (data, isBinary) => this.#receive(data, isBinary))
    // Oversized and malformed frames: ws closes with the code that the WebSocket protocol has for them.
    ws.on('error', () => this.reader.gone())
    ws.on('close', () => this.reader.gone())
    socket.on('drain', () => this.#drained())
  }

  get desk(): Desk | null {
    return this.#desk
  }

  /** Joins the room and handles what was said meanwhile. */
  seat(desk: Desk): void {
    this.#desk = desk
    desk.room.join(this.reader)
    const waiting = this.#waiting
    this.#waiting = []
    for (const message of waiting) if (this.reader.open) this.#handle(desk, message)
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.reader.open) return
    const frame = isBinary && data instanceof Uint8Array ? data : null
    const message = frame && readIncoming(frame)
    if (!frame || !message) this.reader.close(CLOSE.forbidden)
    else if (!this.#bucket.take(costOf(message), this.#clock.now())) this.reader.close(CLOSE.tooMany)
    else if (this.#desk) this.#handle(this.#desk, message)
    else this.#keep(message, frame.length)
  }

  #keep(message: Incoming, length: number): void {
    this.#waiting.push(message)
    this.#waitingBytes += length
    if (this.#waiting.length <= MAX_WAITING && this.#waitingBytes <= MAX_WAITING_BYTES) return
    this.#waiting = []
    this.reader.close(CLOSE.tooMany)
  }

  #handle(desk: Desk, message: Incoming): void {
    try {
      const refusal = this.#act(desk, message)
      if (refusal !== null) this.reader.close(refusal)
    } catch (error) {
      // Whatever a client sends ends at most its own connection.
      this.#log.warn({ err: error, kind: message.kind }, 'a message could not be handled')
      this.reader.close(CLOSE.forbidden)
    }
  }

  #act(desk: Desk, message: Incoming): CloseCode | null {
    const { reader } = this
    switch (message.kind) {
      case 'step1':
        desk.room.ask(reader, message.stateVector)
        return null
      case 'update':
        return desk.receive(reader, message.update)
      case 'awareness':
        return desk.room.hear(reader, message.body) ? null : CLOSE.forbidden
      case 'queryAwareness':
        desk.room.tellPresence(reader)
        return null
      case 'auth':
        return null
    }
  }

  #drained(): void {
    if (this.#desk) this.#desk.room.drained(this.reader)
    else this.reader.drained()
  }
}

function costOf(message: Incoming): number {
  switch (message.kind) {
    case 'step1':
    case 'queryAwareness':
      return STEP1_COST
    case 'update':
      return 1 + Math.floor(message.update.length / BYTES_PER_TOKEN)
    case 'awareness':
    case 'auth':
      return 1
  }
}
