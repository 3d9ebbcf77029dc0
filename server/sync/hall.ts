import {
  CLOSE,
  type CloseCode,
  type DocName,
  docName,
  MAIN_LANE,
  type PersonRef,
  parseDocName,
} from '@colloquy/shared'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { Board } from './board.ts'
import type { Connection } from './connection.ts'
import { type Desk, LaneDesk } from './desk.ts'
import type { OpenSession, RoomSession } from './port.ts'
import type { Relays } from './relay.ts'
import { Room } from './room.ts'

/** Openings that a suspension crossed are tried this often. */
const MAX_OPENINGS = 3

export interface HallOptions {
  sessionId: string
  openSession: OpenSession
  boardBytes: number
  /** The other servers, where there can be some. */
  relays?: Relays | undefined
  clock: Clock
  log: Log
}

/** One session's rooms and connections. */
export class Hall {
  /** Everybody who got in with a ticket, those included whose doc is still being opened. */
  readonly connections = new Set<Connection>()
  readonly #options: HallOptions
  readonly #desks = new Map<string, Desk>()
  #session: RoomSession | null = null
  /** Counts suspensions: a session that was opened before one is stale. */
  #suspensions = 0

  constructor(options: HallOptions) {
    this.#options = options
  }

  /** Nobody is here, and nothing waits to be saved. */
  get idle(): boolean {
    return this.connections.size === 0 && this.#desks.size === 0
  }

  get rooms(): number {
    return this.#desks.size
  }

  /** Seats a connection at the doc it came for; answers the code to close it with, or null. */
  async seat(connection: Connection, name: DocName): Promise<CloseCode | null> {
    const session = await this.#open()
    if (!connection.reader.open) return null
    const { userId } = connection.reader.principal
    // To someone who is not a member, nothing exists.
    if (session.role(userId) === undefined) return CLOSE.ticket
    const doc = docName(name)
    if (!isReadable(session, doc, name.kind, userId)) return CLOSE.incarnation
    connection.seat(this.#desk(doc, name.kind, session, userId))
    return null
  }

  /** A connection has ended; it may have been seated or not. */
  leave(connection: Connection): void {
    this.connections.delete(connection)
    const { desk } = connection
    if (!desk) return
    desk.room.leave(connection.reader)
    if (desk.room.readers.size === 0) desk.emptied()
  }

  desk(doc: string): Desk | undefined {
    return this.#desks.get(doc)
  }

  /** Who is in the main lane's room, by name; null without one. In another's only its own readers may know. */
  here(): PersonRef[] | null {
    const people = new Map<string, PersonRef>()
    const main = [...this.#desks].filter(([doc]) => {
      const name = parseDocName(doc)
      return name?.kind === 'lane' && name.laneId === MAIN_LANE
    })
    if (main.length === 0) return null
    for (const [, { room }] of main) {
      for (const person of room.people()) people.set(person.id, person)
    }
    return [...people.values()].sort((a, b) =>
      a.name < b.name || (a.name === b.name && a.id < b.id) ? -1 : 1,
    )
  }

  suspend(): void {
    this.#suspensions++
    this.#session = null
    for (const desk of this.#desks.values()) desk.suspend()
  }

  resume(session: RoomSession): void {
    if (this.#session === session) return
    this.#session = session
    for (const [doc, desk] of this.#desks) {
      for (const reader of [...desk.room.readers]) {
        const { userId } = reader.principal
        // Another session counts its rights anew.
        reader.rights = -1
        if (session.role(userId) === undefined) reader.close(CLOSE.revoked)
        else if (!isReadable(session, doc, kindOf(desk), userId)) reader.close(CLOSE.incarnation)
      }
      const [reader] = desk.room.readers
      if (reader) desk.open(session, reader.principal.userId)
    }
  }

  revoke(userId: string): void {
    for (const { reader } of [...this.connections]) {
      if (reader.principal.userId === userId) reader.cut(CLOSE.revoked)
    }
    for (const board of this.#boards()) if (board.mayHoldWritingOf(userId)) board.roll()
  }

  ring(userIds: ReadonlySet<string>): void {
    for (const { desk, reader } of this.connections) {
      if (desk && userIds.has(reader.principal.userId)) reader.ring()
    }
  }

  recheck(userId: string): void {
    for (const [doc, desk] of [...this.#desks]) {
      if (this.#mayRead(doc, kindOf(desk), userId)) continue
      for (const reader of [...desk.room.readers]) {
        if (reader.principal.userId === userId) reader.cut(CLOSE.incarnation)
      }
      if (desk instanceof Board && desk.mayHoldWritingOf(userId)) desk.roll()
    }
  }

  rollBoards(): void {
    for (const board of this.#boards()) board.roll()
  }

  tick(now: number): void {
    for (const { reader } of [...this.connections]) reader.tick(now)
    for (const desk of this.#desks.values()) desk.room.tick(now)
  }

  /** Sends what was published, closes every connection and keeps the boards. */
  async close(code: CloseCode): Promise<void> {
    const desks = [...this.#desks.values()]
    const kept = desks.map((desk) => desk.close())
    for (const desk of desks) desk.room.flush()
    for (const { reader } of [...this.connections]) reader.close(code)
    await Promise.all(kept)
  }

  #boards(): Board[] {
    return [...this.#desks.values()].filter((desk) => desk instanceof Board)
  }

  async #open(): Promise<RoomSession> {
    for (let opening = 0; opening < MAX_OPENINGS; opening++) {
      const before = this.#suspensions
      const session = await this.#options.openSession(this.#options.sessionId)
      if (this.#suspensions === before) this.resume(session)
      if (this.#session) return this.#session
    }
    throw new Error('the session was suspended again and again')
  }

  #desk(doc: string, kind: DocName['kind'], session: RoomSession, userId: string): Desk {
    const known = this.#desks.get(doc)
    if (known) {
      // A board that is being saved after its last reader left may have missed a change of session.
      if (known.room.readers.size === 0) known.open(session, userId)
      return known
    }
    const room = new Room({
      clock: this.#options.clock,
      asks: kind === 'board',
      relay: this.#options.relays?.room(doc),
      rights: () => this.#session?.rights ?? 0,
      mayRead: (reader) => this.#mayRead(doc, kind, reader.principal.userId),
    })
    const desk =
      kind === 'lane' ? new LaneDesk(doc, room, () => discard()) : this.#board(doc, room, () => discard())
    const discard = () => {
      room.dispose()
      if (this.#desks.get(doc) === desk) this.#desks.delete(doc)
    }
    this.#desks.set(doc, desk)
    desk.open(session, userId)
    return desk
  }

  /** While the session is away nothing made from it is served. */
  #mayRead(doc: string, kind: DocName['kind'], userId: string): boolean {
    return this.#session === null || isReadable(this.#session, doc, kind, userId)
  }

  #board(name: string, room: Room, discard: () => void): Board {
    const { clock, log, boardBytes } = this.#options
    const role = (userId: string) => this.#session?.role(userId)
    return new Board({ name, room, clock, log, limitBytes: boardBytes, role, discard })
  }
}

function kindOf(desk: Desk): DocName['kind'] {
  return desk instanceof Board ? 'board' : 'lane'
}

function isReadable(session: RoomSession, doc: string, kind: DocName['kind'], userId: string): boolean {
  return (kind === 'lane' ? session.lane(doc, userId) : session.board(doc, userId)) !== null
}
