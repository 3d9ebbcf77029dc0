import type { Socket } from 'node:net'
import {
  CLOSE,
  type CloseCode,
  ColloquyError,
  type DocName,
  type Limits,
  type PersonRef,
} from '@colloquy/shared'
import type { WebSocket } from 'ws'
import * as Y from 'yjs'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { Connection } from './connection.ts'
import { rebuildBoard } from './drafts.ts'
import { Hall } from './hall.ts'
import type { OpenSession, RoomSession, Rooms } from './port.ts'
import { closeWithin } from './reader.ts'
import type { Relays } from './relay.ts'

export interface DirectoryOptions {
  openSession: OpenSession
  limits: Pick<Limits, 'connectionsPerSession' | 'boardBytes'> & { readerBytes: number }
  /** The other servers, where there can be some. */
  relays?: Relays | undefined
  clock: Clock
  log: Log
}

/** All sessions that somebody is connected to, and the face that sessions know the sync side by. */
export class Directory implements Rooms {
  readonly #options: DirectoryOptions
  readonly #halls = new Map<string, Hall>()
  readonly #closed: Record<number, number> = {}
  #admitted = 0

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  /** Takes in someone whose ticket was good. */
  admit(ws: WebSocket, socket: Socket, principal: Principal, name: DocName): void {
    const { clock, log, limits } = this.#options
    const hall = this.#hall(name.sessionId)
    // By time: the newer one of two counts, also when the other is at another server.
    this.#admitted = Math.max(this.#admitted + 1, clock.now() * 1000)
    const connection = new Connection({
      ws,
      socket,
      principal,
      clock,
      log,
      number: this.#admitted,
      bufferBytes: limits.readerBytes,
      ended: (code) => {
        if (code !== null) this.#count(code)
        hall.leave(connection)
      },
    })
    if (hall.connections.size >= limits.connectionsPerSession) {
      connection.reader.close(CLOSE.tooMany)
      return
    }
    hall.connections.add(connection)
    hall.seat(connection, name).then(
      (refusal) => {
        if (refusal !== null) connection.reader.close(refusal)
      },
      (error: unknown) => connection.reader.close(this.#refusalFor(error, name)),
    )
  }

  /** Turns away someone without a good ticket, or whose ticket cannot be looked up just now. */
  refuse(ws: WebSocket, code: CloseCode): void {
    ws.on('error', () => {})
    this.#count(code)
    closeWithin(ws, code, this.#options.clock)
  }

  publish(doc: string, update: Uint8Array, stateVector: Uint8Array): void {
    this.#hallOf(doc)?.desk(doc)?.room.publish(update, stateVector)
  }

  retire(doc: string, code: CloseCode): void {
    this.#hallOf(doc)?.desk(doc)?.retire(code)
  }

  revoke(sessionId: string, userId: string): void {
    this.#halls.get(sessionId)?.revoke(userId)
  }

  ring(sessionId: string, userIds: readonly string[]): void {
    this.#halls.get(sessionId)?.ring(new Set(userIds))
  }

  recheck(sessionId: string, userId: string): void {
    this.#halls.get(sessionId)?.recheck(userId)
  }

  suspend(sessionId: string): void {
    this.#halls.get(sessionId)?.suspend()
  }

  resume(session: RoomSession): void {
    this.#halls.get(session.sessionId)?.resume(session)
  }

  connections(sessionId: string): number {
    return this.#halls.get(sessionId)?.connections.size ?? 0
  }

  here(sessionId: string): PersonRef[] | Promise<PersonRef[]> {
    return this.#halls.get(sessionId)?.here() ?? this.#options.relays?.here(sessionId) ?? []
  }

  rollBoards(sessionId: string): void {
    this.#halls.get(sessionId)?.rollBoards()
  }

  rebuilt(board: Uint8Array): Uint8Array {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, board)
    return rebuildBoard(doc)
  }

  metrics(): { connections: number; rooms: number; closed: Readonly<Record<number, number>> } {
    const halls = [...this.#halls.values()]
    return {
      connections: halls.reduce((sum, hall) => sum + hall.connections.size, 0),
      rooms: halls.reduce((sum, hall) => sum + hall.rooms, 0),
      closed: { ...this.#closed },
    }
  }

  /** Called every second or so. */
  tick(now: number): void {
    for (const [sessionId, hall] of this.#halls) {
      hall.tick(now)
      if (hall.idle) this.#halls.delete(sessionId)
    }
  }

  async close(code: CloseCode): Promise<void> {
    await Promise.all([...this.#halls.values()].map((hall) => hall.close(code)))
  }

  #count(code: CloseCode): void {
    this.#closed[code] = (this.#closed[code] ?? 0) + 1
  }

  #hall(sessionId: string): Hall {
    let hall = this.#halls.get(sessionId)
    if (!hall) {
      const { openSession, relays, clock, log, limits } = this.#options
      hall = new Hall({ sessionId, openSession, relays, clock, log, boardBytes: limits.boardBytes })
      this.#halls.set(sessionId, hall)
    }
    return hall
  }

  #hallOf(doc: string): Hall | undefined {
    return this.#halls.get(doc.slice(0, doc.indexOf('/')))
  }

  #refusalFor(error: unknown, { sessionId }: DocName): CloseCode {
    if (error instanceof ColloquyError && error.code === 'NOT_FOUND') return CLOSE.ticket
    this.#options.log.warn({ err: error, sessionId }, 'a session could not be opened for a connection')
    return CLOSE.restart
  }
}
