import type { PersonRef } from '@colloquy/shared'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** A connection, as presence sees it. */
export interface Speaker {
  /** Of two speakers the one with the higher number is newer. */
  readonly number: number
  readonly userId: string
  readonly name: string
  /** clientIDs it speaks for. */
  readonly clientIds: Set<number>
  /** True until its first awareness message. */
  silent: boolean
  /** The server it is connected to; absent when that is this one. */
  readonly node?: string
}

/** What one of several servers tells the others of a client that is connected to it. */
export interface Said {
  clientId: number
  clock: number
  /** JSON; null when the client has left. */
  state: string | null
  userId: string
  name: string
  /** The connection that speaks for it. */
  number: number
}

interface Entry {
  readonly userId: string
  clock: number
  /** JSON as it is sent to others; null when the client has left. */
  state: string | null
  /** The connection whose end removes the state. */
  speaker: Speaker | null
  /** The connection to this server that spoke for it last. */
  last?: Speaker
}

/** What one message says about one client. */
interface Statement {
  clientId: number
  clock: number
  json: Uint8Array
}

const MAX_CLIENT_IDS = 4
const MAX_STATE_BYTES = 2048
/** Entries are kept after their client left, so that nobody can take its clientID; the oldest go past this. */
const MAX_ENTRIES = 5000
/** Stock clients echo a frame in one piece, and a piece over `maxPayload` would close them. */
const MAX_BODY_BYTES = 64 * 1024

/**
 * Who is in a room (y-protocols awareness). A clientID belongs to the first person who used it, and `user` in
 * every state is written here: nobody speaks in another's name. Statements about others are dropped without
 * complaint, because stock clients repeat what they heard.
 *
 * Pure: when to send is up to the room.
 */
export class Presence {
  readonly #entries = new Map<number, Entry>()
  readonly #left = new Set<number>()
  readonly #changed = new Set<number>()
  /** Clients of this server of which the others have not been told what changed. */
  readonly #untold = new Set<number>()
  readonly #elsewhere = new Map<string, Speaker>()
  readonly #shared: boolean

  /** @param shared other servers have readers of the room too, and are told of those of this one */
  constructor(shared = false) {
    this.#shared = shared
  }

  /** True when there is something for `takeChanges`. */
  get changed(): boolean {
    return this.#changed.size > 0
  }

  /** @returns false when the message does not decode; nothing of it is then taken. */
  hear(speaker: Speaker, body: Uint8Array): boolean {
    const statements = readStatements(body)
    if (!statements) return false
    // A client opens with its own state alone; what it repeats of others comes later.
    const hello = speaker.silent && statements.length === 1
    const mine = statements.filter((statement) => this.#mayTake(speaker, statement, hello))
    const states = mine.map((statement) => parseState(statement.json))
    if (states.includes(undefined)) return false
    speaker.silent = false
    mine.forEach((statement, i) => {
      this.#take(speaker, statement, states[i] ?? null)
    })
    return true
  }

  /** Removes the states that this connection speaks for. */
  leave(speaker: Speaker): void {
    for (const clientId of speaker.clientIds) this.#remove(clientId, speaker)
    speaker.clientIds.clear()
  }

  /** Takes over what another server says of its clients. `all`: it has no others; that one left may have got lost. */
  hearFrom(node: string, said: readonly Said[], all = false): void {
    for (const { clientId, clock, state, userId, name, number } of said) {
      const speaker = this.#speakerAt(node, userId, name, number)
      const json = Buffer.from(state ?? 'null')
      if (!this.#mayTake(speaker, { clientId, clock, json }, true)) continue
      const parsed = parseState(json)
      if (parsed !== undefined) this.#take(speaker, { clientId, clock, json }, parsed)
    }
    if (all) this.#keepOnly(node, new Set(said.map(({ clientId }) => clientId)))
    for (const [key, { clientIds }] of this.#elsewhere) if (clientIds.size === 0) this.#elsewhere.delete(key)
  }

  /** Another server is gone, and with it whoever was connected there. */
  lose(node: string): void {
    for (const [key, speaker] of this.#elsewhere) {
      if (speaker.node !== node) continue
      this.leave(speaker)
      this.#elsewhere.delete(key)
    }
  }

  /** What the other servers have not been told yet. */
  takeUntold(): Said[] {
    const said = [...this.#untold].flatMap((clientId) => this.#said(clientId))
    this.#untold.clear()
    return said
  }

  /** All that the other servers are to know. */
  ownClients(): Said[] {
    return [...this.#entries].flatMap(([clientId, { state, speaker }]) =>
      state !== null && speaker && speaker.node === undefined ? this.#said(clientId) : [],
    )
  }

  /** Who is here, once for each client. */
  people(): PersonRef[] {
    return [...this.#entries.values()].flatMap(({ state, speaker }) =>
      state !== null && speaker ? [{ id: speaker.userId, name: speaker.name }] : [],
    )
  }

  /** Bodies of the awareness messages that tell what changed since the last call. */
  takeChanges(): Uint8Array[] {
    const bodies = this.#encode(this.#changed)
    this.#changed.clear()
    return bodies
  }

  /**
   * Bodies of the awareness messages that tell who is here; `andWhoLeft` is for one who may still believe in
   * people that are gone.
   */
  everything(andWhoLeft: boolean): Uint8Array[] {
    const told = [...this.#entries].filter(([, entry]) => andWhoLeft || entry.state !== null)
    return this.#encode(told.map(([clientId]) => clientId))
  }

  #mayTake(speaker: Speaker, { clientId, clock, json }: Statement, hello: boolean): boolean {
    const entry = this.#entries.get(clientId)
    // The other servers have looked, and have written there whose it is.
    if (speaker.node === undefined && json.length > MAX_STATE_BYTES) return false
    if (!speaker.clientIds.has(clientId) && speaker.clientIds.size >= MAX_CLIENT_IDS) return false
    if (!entry) return true
    if (entry.userId !== speaker.userId) return false
    if (clock !== entry.clock) return clock > entry.clock
    // The same clock again is an echo, but for two cases: a client that is back, whose state was removed when
    // its last connection ended or who is ahead of that end; and a client that leaves without a new clock.
    return isNull(json) ? entry.speaker === speaker : hello && (entry.speaker?.number ?? -1) < speaker.number
  }

  #take(speaker: Speaker, { clientId, clock }: Statement, state: object | null): void {
    const before = this.#entries.get(clientId)
    // Twice in one message, or one clientID too many within it.
    if (before && before.userId !== speaker.userId) return
    if (!speaker.clientIds.has(clientId) && speaker.clientIds.size >= MAX_CLIENT_IDS) return
    if (!before && state === null) return
    const user = { id: speaker.userId, name: speaker.name }
    before?.speaker?.clientIds.delete(clientId)
    speaker.clientIds.add(clientId)
    this.#left.delete(clientId)
    this.#entries.set(clientId, {
      userId: speaker.userId,
      clock,
      state: state && JSON.stringify({ ...state, user }),
      speaker,
    })
    this.#note(clientId, speaker)
    if (state === null) this.#retire(clientId)
    this.#bound()
  }

  #keepOnly(node: string, clientIds: ReadonlySet<number>): void {
    for (const speaker of this.#elsewhere.values()) {
      if (speaker.node !== node) continue
      for (const clientId of speaker.clientIds) if (!clientIds.has(clientId)) this.#remove(clientId, speaker)
    }
  }

  #remove(clientId: number, speaker: Speaker): void {
    const entry = this.#entries.get(clientId)
    if (entry?.speaker !== speaker) return
    entry.speaker = null
    speaker.clientIds.delete(clientId)
    if (entry.state === null) return
    entry.state = null
    this.#note(clientId, speaker)
    this.#retire(clientId)
  }

  #note(clientId: number, speaker: Speaker): void {
    this.#changed.add(clientId)
    if (!this.#shared || speaker.node !== undefined) return
    const entry = this.#entries.get(clientId)
    if (entry) entry.last = speaker
    this.#untold.add(clientId)
  }

  #said(clientId: number): Said[] {
    const entry = this.#entries.get(clientId)
    if (!entry?.last) return []
    const { clock, state, last } = entry
    return [{ clientId, clock, state, userId: last.userId, name: last.name, number: last.number }]
  }

  #speakerAt(node: string, userId: string, name: string, number: number): Speaker {
    const key = `${node} ${number}`
    const known = this.#elsewhere.get(key)
    if (known) return known
    const speaker: Speaker = { node, number, userId, name, clientIds: new Set(), silent: false }
    this.#elsewhere.set(key, speaker)
    return speaker
  }

  #retire(clientId: number): void {
    const entry = this.#entries.get(clientId)
    entry?.speaker?.clientIds.delete(clientId)
    if (entry) entry.speaker = null
    this.#left.add(clientId)
  }

  #bound(): void {
    for (const clientId of this.#left) {
      if (this.#entries.size <= MAX_ENTRIES) return
      this.#left.delete(clientId)
      if (!this.#changed.has(clientId)) this.#entries.delete(clientId)
    }
  }

  #encode(clientIds: Iterable<number>): Uint8Array[] {
    const bodies: Uint8Array[] = []
    let batch: [number, Entry][] = []
    let length = 0
    for (const clientId of clientIds) {
      const entry = this.#entries.get(clientId)
      if (!entry) continue
      batch.push([clientId, entry])
      length += (entry.state?.length ?? 0) + 16
      if (length < MAX_BODY_BYTES) continue
      bodies.push(encodeEntries(batch))
      batch = []
      length = 0
    }
    if (batch.length > 0) bodies.push(encodeEntries(batch))
    return bodies
  }
}

function encodeEntries(entries: readonly [number, Entry][]): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, entries.length)
  for (const [clientId, { clock, state }] of entries) {
    encoding.writeVarUint(encoder, clientId)
    encoding.writeVarUint(encoder, clock)
    encoding.writeVarString(encoder, state ?? 'null')
  }
  return encoding.toUint8Array(encoder)
}

function readStatements(body: Uint8Array): Statement[] | null {
  try {
    const decoder = decoding.createDecoder(body)
    const statements: Statement[] = []
    for (let count = decoding.readVarUint(decoder); count > 0; count--) {
      statements.push({
        clientId: decoding.readVarUint(decoder),
        clock: decoding.readVarUint(decoder),
        json: decoding.readVarUint8Array(decoder),
      })
    }
    return statements
  } catch {
    return null
  }
}

/** An object or null as sent; undefined when it is no JSON of that kind. */
function parseState(json: Uint8Array): object | null | undefined {
  try {
    const state: unknown = JSON.parse(Buffer.from(json).toString())
    return typeof state === 'object' && !Array.isArray(state) ? state : undefined
  } catch {
    return undefined
  }
}

function isNull(json: Uint8Array): boolean {
  return Buffer.from(json).toString() === 'null'
}
