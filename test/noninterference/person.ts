import { AUTH, CLOSE, MAIN_LANE, MESSAGE, parseDocName, SYNC } from '@colloquy/shared'
import type { SessionAnswer } from '@colloquy/shared/answers'
import * as Y from 'yjs'
import type { Principal } from '../../server/access/principal.ts'
import type { Clock } from '../../server/clock.ts'
import { refusalOf } from '../../server/http/errors.ts'
import { readContent } from '../../server/session/lane-doc.ts'
import type { Directory } from '../../server/sync/directory.ts'
import { payloads, presenceMessage, readFrame, syncMessage } from './frames.ts'
import { type Burst, Line } from './line.ts'

/** An HTTP exchange: what was asked, when the answer came, its status and its body as JSON. */
export interface Exchange {
  asked: string
  at: number
  status: number
  body: string
}

/** One connection from its beginning to its end. */
export interface Seat {
  doc: string
  bursts: readonly Burst[]
}

interface OpenSeat extends Seat {
  line: Line
  /** What it was sent of the doc. */
  updates: Uint8Array[]
}

export interface Place {
  clock: Clock
  directory: Directory
  describe(sessionId: string): Promise<SessionAnswer>
  /** When a lane was made, in virtual time. */
  openedAt(sessionId: string, laneId: string): number
  /** Something broke that is no refusal. */
  failed(error: unknown): void
}

/** How soon a client asks again when its lanes have changed, in ms. */
const SOON_MS = 70

/**
 * Somebody with a client that does what ours does: it opens the docs that it is told of, keeps what it was sent, comes
 * back with that, and asks again when it hears that something has changed. All that reaches it is on record.
 */
export class Person {
  principal: Principal
  readonly exchanges: Exchange[] = []
  readonly seats: Seat[] = []
  readonly #open = new Map<string, OpenSeat>()
  /** What it has of each doc, also while it is not connected. */
  readonly #kept = new Map<string, Uint8Array[]>()
  readonly #place: Place
  /** Why it is about to ask what it may read. */
  readonly #asking = new Set<string>()
  /** False while it is away: then it opens nothing by itself. */
  here = true
  /** A device that is stuck is so with all its connections, also with those that it opens meanwhile. */
  #stuck = false
  /** How often it has spoken in each doc. */
  readonly #spoken = new Map<string, number>()

  constructor(principal: Principal, place: Place) {
    this.principal = principal
    this.#place = place
  }

  /** Asks the server and keeps the answer on record. @returns undefined when it was a refusal */
  async ask<T>(asked: string, request: () => Promise<T>): Promise<T | undefined> {
    const record = (status: number, body: unknown) => {
      this.exchanges.push({ asked, at: this.#place.clock.now(), status, body: JSON.stringify(body) ?? '' })
    }
    try {
      const body = await request()
      record(200, body)
      return body
    } catch (error) {
      const { status, code, message, details } = refusalOf(error, 'simulated')
      if (status === 500) this.#place.failed(error)
      record(status, { error: { code, message, details } })
      return undefined
    }
  }

  /** Opens every lane that it may read and has not open. */
  refresh(sessionId: string): Promise<void> {
    return this.#openThose(sessionId, () => true)
  }

  async #openThose(sessionId: string, wanted: (lane: string) => boolean): Promise<void> {
    const told = await this.ask(`GET /sessions/${sessionId}`, () => this.#place.describe(sessionId))
    for (const { doc, laneId } of told?.lanes ?? []) {
      if (wanted(laneOf(doc))) this.#openIn(doc, this.#place.openedAt(sessionId, laneId) + this.#soon)
    }
  }

  /**
   * Not before `due`: that somebody comes to a lane is an act that its others see, and when it does shall not hang on
   * what else they had just asked for.
   */
  #openIn(doc: string, due: number): void {
    const open = () => {
      if (this.here && !this.#open.has(doc)) this.connect(doc)
    }
    const wait = due - this.#place.clock.now()
    if (wait > 0) this.#place.clock.after(wait, open)
    else open()
  }

  /** Another for each person: of two who come to a lane it is then always the same who comes first. */
  get #soon(): number {
    return SOON_MS + (clientIdOf(this.principal.userId) % 13)
  }

  connect(doc: string): void {
    const name = parseDocName(doc)
    if (!name) return
    const line: Line = new Line(
      this.#place.clock,
      (bytes) => this.#heard(seat, bytes),
      (code) => this.#closed(seat, code),
    )
    const updates = this.#kept.get(doc) ?? []
    const seat: OpenSeat = { doc, bursts: line.bursts, line, updates }
    this.#kept.set(doc, updates)
    this.#open.set(doc, seat)
    this.seats.push(seat)
    if (this.#stuck) line.stick()
    this.#place.directory.admit(line.ws, line.socket, this.principal, name)
    line.say(syncMessage(SYNC.step1, vectorOf(updates)))
    this.#speak(seat)
    // A lane may have been made between the answer that named this doc and the connection that hears of lanes.
    if (name.laneId === MAIN_LANE) this.#askForNews(doc)
  }

  /** All that has reached it: as bytes, as answers, and what its docs hold or held. */
  everything(): string {
    const bytes = this.seats.flatMap(({ bursts }) => bursts.flatMap((burst) => burst.bytes))
    const docs = [...this.#kept.values()].map((updates) => JSON.stringify(contentOf(updates)))
    const bodies = this.exchanges.map(({ body }) => body)
    return [Buffer.concat(bytes).toString('latin1'), ...bodies, ...docs].join('\n')
  }

  /** Says in every doc that it is there, and what it does. */
  speak(): void {
    for (const seat of this.#open.values()) this.#speak(seat)
  }

  /** Hangs up everywhere. */
  leave(): void {
    this.here = false
    for (const { line } of this.#open.values()) line.hangUp()
    this.#open.clear()
  }

  /** Reads nothing any more, or again. */
  stick(stuck: boolean): void {
    this.#stuck = stuck
    for (const { line } of this.#open.values()) {
      if (stuck) line.stick()
      else line.drain()
    }
  }

  #speak({ doc, line }: OpenSeat): void {
    const spoken = (this.#spoken.get(doc) ?? 0) + 1
    this.#spoken.set(doc, spoken)
    line.say(presenceMessage(clientIdOf(this.principal.userId), spoken, { typing: spoken % 3 === 0 }))
  }

  #heard(seat: OpenSeat, bytes: Buffer): void {
    for (const payload of payloads(bytes)) {
      if (payload[0] === MESSAGE.auth) {
        const frame = readFrame(payload)
        // As ours, it hears of lanes by the main lane's connection alone: which others are open may hang on what was
        // said in them. It opens what is new to it: what was closed meanwhile was closed for a reason.
        const inMain = parseDocName(seat.doc)?.laneId === MAIN_LANE
        if (inMain && frame.kind === 'auth' && frame.says === AUTH.lanes) this.#askForNews(seat.doc)
      } else if (payload[0] === MESSAGE.sync && payload[1] !== SYNC.step1) {
        const frame = readFrame(payload)
        if (frame.kind === 'sync') seat.updates.push(frame.body)
      }
    }
  }

  #closed(seat: OpenSeat, code: number): void {
    if (this.#open.get(seat.doc) === seat) this.#open.delete(seat.doc)
    const lane = laneOf(seat.doc)
    if (code === CLOSE.incarnation) this.#askSoon(lane, seat.doc, (other) => other === lane)
  }

  #askForNews(doc: string): void {
    this.#askSoon('news', doc, (lane) => !this.seats.some((seat) => laneOf(seat.doc) === lane))
  }

  #askSoon(why: string, doc: string, wanted: (lane: string) => boolean): void {
    const sessionId = parseDocName(doc)?.sessionId
    if (sessionId === undefined || this.#asking.has(why)) return
    this.#asking.add(why)
    this.#place.clock.after(this.#soon, () => {
      this.#asking.delete(why)
      if (this.here) void this.#openThose(sessionId, wanted)
    })
  }
}

/** A doc without its incarnation. */
function laneOf(doc: string): string {
  return doc.slice(0, doc.lastIndexOf('@'))
}

function contentOf(updates: readonly Uint8Array[]): unknown {
  const doc = new Y.Doc()
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update)
  })
  return readContent(doc)
}

function vectorOf(updates: readonly Uint8Array[]): Uint8Array {
  return updates.length === 0
    ? new Uint8Array([0])
    : Y.encodeStateVectorFromUpdate(Y.mergeUpdates([...updates]))
}

/** One for each person, the same in every run. */
function clientIdOf(userId: string): number {
  return [...userId].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) % 1_000_000
}
