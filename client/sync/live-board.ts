import type { SessionAnswer } from '@colloquy/shared/answers'
import { may } from '@colloquy/shared/permissions'
import type { Role } from '@colloquy/shared/roles'
import { uuidv4 } from 'lib0/random'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Clock } from '../clock.ts'
import { ColloquyError } from '../errors.ts'
import type { Credentials } from '../identity.ts'
import type { BoardDraft } from '../types/index.ts'
import { BoardRoom } from './board-room.ts'
import { Connection, type RoomEvents } from './connection.ts'
import { carryOver, draftsOf, readDraft, readDrafts, writeDraft } from './drafts.ts'
import type { Entrance } from './entrance.ts'

export interface LiveBoardOptions {
  syncUrl: string
  entrance: Entrance
  identity: Credentials
  WebSocket: typeof WebSocket
  clock: Clock
  random: () => number
  docOf: (answer: SessionAnswer) => string
  role: () => Role | null
}

/** The board as long as it is connected once; handles share it. */
export class LiveBoard {
  readonly connection: Connection<BoardRoom>
  readonly ready: Promise<void>
  readonly #ready = Promise.withResolvers<void>()
  readonly #options: LiveBoardOptions
  readonly #subscribers = new Set<() => void>()
  /** Stands in until there is a room. */
  readonly #blank: { doc: Y.Doc; awareness: Awareness }
  #list: readonly BoardDraft[] | null = null
  error: ColloquyError | null = null

  /** Connects, unless `over` tells why there is no board any more. */
  constructor(options: LiveBoardOptions, over: ColloquyError | null) {
    this.#options = options
    this.ready = this.#ready.promise
    // Nobody need listen.
    this.ready.catch(() => {})
    const doc = new Y.Doc()
    this.#blank = { doc, awareness: new Awareness(doc) }
    this.connection = new Connection({
      ...options,
      mayConnect: () => true,
      lastDoc: () => Promise.resolve(null),
      makeRoom: (name, _userId, events) => this.#makeRoom(name, events),
      changed: () => {},
      live: () => {
        this.#ready.resolve()
        this.#changed(true)
      },
      beforeSwap: (from, to) => this.#carryOver(from, to),
      ended: (error) => this.end(error),
    })
    if (over) this.end(over)
    else void this.connection.start()
  }

  get doc(): Y.Doc {
    return (this.connection.room ?? this.#blank).doc
  }

  get awareness(): Awareness {
    return (this.connection.room ?? this.#blank).awareness
  }

  get readOnly(): boolean {
    return !may(this.#options.role() ?? undefined, 'board.write')
  }

  drafts(): readonly BoardDraft[] {
    this.#list ??= readDrafts(this.doc)
    return this.#list
  }

  open(draftId = uuidv4()): string {
    if (readDraft(this.doc, draftId)) return draftId
    const me = this.#options.identity.subject
    if (!me || !this.connection.room) throw new ColloquyError('NOT_READY', 'the board is not there yet')
    this.#mustWrite()
    this.doc.transact(() => writeDraft(this.doc, draftId, me.id))
    return draftId
  }

  remove(draftId: string): void {
    if (!draftsOf(this.doc).has(draftId)) return
    this.#mustWrite()
    draftsOf(this.doc).delete(draftId)
  }

  subscribe(fn: () => void): () => void {
    this.#subscribers.add(fn)
    return () => {
      this.#subscribers.delete(fn)
    }
  }

  end(error: ColloquyError): void {
    if (this.error) return
    this.error = error
    this.connection.end(error.code)
    this.#blank.awareness.destroy()
    this.#ready.reject(error)
    this.#changed(true)
  }

  #mustWrite(): void {
    if (this.readOnly) throw new ColloquyError('FORBIDDEN', 'a viewer writes nothing', { status: 403 })
  }

  #makeRoom(name: string, events: RoomEvents): BoardRoom {
    const room: BoardRoom = new BoardRoom({
      ...this.#options,
      ...events,
      name,
      mayWrite: () => !this.readOnly,
      peopleChanged: () => {},
      changed: (structure) => {
        if (room === this.connection.room) this.#changed(structure)
      },
    })
    return room
  }

  #carryOver(from: BoardRoom, to: BoardRoom): void {
    const me = this.#options.identity.subject
    if (me && !this.readOnly) carryOver(from, to.doc, me.id)
  }

  #changed(structure: boolean): void {
    if (structure) this.#list = null
    for (const fn of [...this.#subscribers]) fn()
  }
}
