import type { SessionAnswer } from '@colloquy/shared/answers'
import { MAIN_LANE } from '@colloquy/shared/audience'
import type { Api } from '../api.ts'
import type { Clock } from '../clock.ts'
import type { ColloquyError } from '../errors.ts'
import type { Credentials } from '../identity.ts'
import type { Audience, InLane, Message, ShownLane } from '../types/index.ts'
import { derived } from '../view/derived.ts'
import { History } from '../view/history.ts'
import type { Lane } from '../view/lane.ts'
import type { LaneSource } from '../view/snapshot.ts'
import { Connection, type RoomEvents } from './connection.ts'
import type { Entrance } from './entrance.ts'
import { laneOf } from './lane-of.ts'
import { localName, openLocal } from './local.ts'
import { Room } from './room.ts'

const NOBODY: readonly never[] = []

export interface LiveLaneOptions {
  syncUrl: string
  persist: boolean
  WebSocket: typeof WebSocket
  clock: Clock
  random: () => number
  api: Api
  identity: Credentials
  entrance: Entrance
  /** What is shown should be drawn again. */
  changed: () => void
}

interface LaneEvents {
  mayConnect: () => boolean
  /** Name of the doc that was open here last. */
  lastDoc: () => Promise<string | null>
  live: () => void
  ended: (error: ColloquyError, lost: boolean) => void
  /** What the person may read in the session has changed. */
  lanesChanged: () => void
}

/** One lane, connected, with what its reader has looked back on. */
export class LiveLane implements InLane, LaneSource {
  readonly laneId: string
  readonly audience: Audience
  readonly connection: Connection<Room>
  readonly #options: LiveLaneOptions
  readonly #events: LaneEvents
  readonly #messages = derived(joined)
  readonly #shown = derived((lastSeq: number, live: boolean): ShownLane => ({ ...this.where, lastSeq, live }))
  #history: History
  #typing = false

  constructor({ laneId, audience }: InLane, options: LiveLaneOptions, events: LaneEvents) {
    this.laneId = laneId
    this.audience = audience
    this.#options = options
    this.#events = events
    this.#history = this.#newHistory()
    this.connection = new Connection({
      ...options,
      ...events,
      docOf: (answer: SessionAnswer) => laneOf(answer, laneId).doc,
      makeRoom: (doc, userId, roomEvents) => this.#makeRoom(doc, userId, roomEvents),
      beforeSwap: (from, to) => this.#rereadHistory(from.lane, to.lane),
    })
  }

  get isMain(): boolean {
    return this.laneId === MAIN_LANE
  }

  get lane(): Lane | null {
    return this.connection.room?.lane ?? null
  }

  /** It, while it is in sync. */
  get liveLane(): Lane | null {
    return this.connection.state.state === 'live' ? this.lane : null
  }

  get shown(): ShownLane {
    const lastSeq = this.lane?.lastSeq ?? this.#history.messages.at(-1)?.metadata.seq ?? 0
    return this.#shown(lastSeq, this.liveLane !== null)
  }

  get messages(): readonly Message[] {
    return this.#messages(this.#history.messages, this.lane?.messages ?? NOBODY)
  }

  get firstSeq(): number {
    return this.messages[0]?.metadata.seq ?? this.lane?.firstSeq ?? 0
  }

  get more(): boolean {
    return this.#history.more(this.lane?.firstSeq ?? 0)
  }

  get states(): readonly unknown[] {
    return this.connection.room?.states ?? NOBODY
  }

  /** Reads one page of older messages. */
  async older(): Promise<readonly Message[]> {
    return this.lane ? this.#history.older(this.lane.firstSeq) : []
  }

  /** Reads back to the message that came directly after the main lane's `seq`, or as far as there are any. */
  async olderFrom(seq: number): Promise<readonly Message[]> {
    if (!this.lane) return []
    const oldest = this.lane.messages[0]
    return this.#history.back(this.lane.firstSeq, (read) => ((read ?? oldest)?.metadata.after ?? seq) < seq)
  }

  get typing(): boolean {
    return this.#typing
  }

  setTyping(typing: boolean): void {
    if (this.#typing === typing) return
    this.#typing = typing
    this.connection.room?.setTyping(typing)
  }

  /** Deletes what this browser kept of it. */
  async erase(): Promise<void> {
    await this.connection.room?.erase()
  }

  get where(): InLane {
    return { laneId: this.laneId, audience: this.audience }
  }

  #makeRoom(doc: string, userId: string, events: RoomEvents): Room {
    const { persist, changed } = this.#options
    const room = new Room({
      ...this.#options,
      ...events,
      name: doc,
      where: this.where,
      ...(persist ? { open: (ydoc) => openLocal(localName(doc, userId), ydoc) } : {}),
      peopleChanged: changed,
      lanesChanged: this.#events.lanesChanged,
    })
    room.setTyping(this.#typing)
    return room
  }

  /** What was read of older pages is read again for a new incarnation: something may have been taken back. */
  async #rereadHistory(from: Lane, to: Lane): Promise<void> {
    const history = this.#newHistory()
    const oldest = this.#history.messages[0]?.metadata.seq
    try {
      if (oldest !== undefined && oldest < from.firstSeq) {
        await history.back(to.firstSeq, (read) => (read?.metadata.seq ?? to.firstSeq) <= oldest)
      }
    } catch {
      // The reader scrolls back again.
    }
    this.#history = history
  }

  #newHistory(): History {
    return new History(this.where, (before) => this.#options.api.messages(this.laneId, before))
  }
}

function joined(older: readonly Message[], newer: readonly Message[]): readonly Message[] {
  return older.length === 0 ? newer : [...older, ...newer]
}
