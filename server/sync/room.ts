import { CLOSE, type CloseCode, type PersonRef, SYNC } from '@colloquy/shared'
import * as Y from 'yjs'
import type { Clock } from '../clock.ts'
import { awarenessFrame, syncFrame } from './frame.ts'
import type { LaneSource } from './port.ts'
import { Presence } from './presence.ts'
import type { Reader } from './reader.ts'
import type { Relay, RelayLink } from './relay.ts'
import { EMPTY_VECTOR, StateFrames } from './state-frames.ts'

/** Presence goes out at most ten times a second. */
const PRESENCE_MS = 100
/** Answers kept for readers who come soon are freed when none came for this long. */
const KEEP_ANSWERS_MS = 5_000

export interface RoomOptions {
  clock: Clock
  /** True for a doc that its readers write too: the server then asks each of them for what it lacks. */
  asks: boolean
  /** Another number whenever who may read what may have changed. */
  rights(): number
  mayRead(reader: Reader): boolean
  /** The same room at other servers, where there can be some. */
  relay?: Relay | undefined
}

/**
 * The readers of one doc. What is published within one turn of the event loop leaves in one write to each.
 *
 * 1. A reader gets every update published after the answer to its first question, or it is `behind` and gets the
 *    difference. Never before that answer: half of an update that builds on what is missing would already apply.
 * 2. An answer is encoded before it is known to be durable and leaves after: never the other way round.
 * 3. Nothing is written to a reader who may not read any more, however that came about.
 * 4. Without a source nothing made from a doc leaves; everybody is then behind until the next source.
 */
export class Room {
  readonly readers = new Set<Reader>()
  readonly #options: RoomOptions
  #presence: Presence
  #link: RelayLink | null = null
  #source: LaneSource | null = null
  #answers: StateFrames | null = null
  #answeredAt = 0
  #queue: Buffer[] = []
  #flushing: NodeJS.Immediate | null = null
  /** What all readers who are not behind have been sent; never beyond what is durable. */
  #sent = EMPTY_VECTOR
  /** The same, with what is in the queue. */
  #published = EMPTY_VECTOR
  #presenceAt = Number.NEGATIVE_INFINITY
  #stopPresence: (() => void) | null = null

  constructor(options: RoomOptions) {
    this.#options = options
    this.#presence = new Presence(options.relay !== undefined)
  }

  /** The doc that is served now, or null while there is none. */
  get doc(): Y.Doc | null {
    return this.#source?.doc ?? null
  }

  /** Serves `source` from now on, first of all what everybody missed since the last one. */
  attach(source: LaneSource): void {
    this.detach()
    this.#source = source
    this.#answers = new StateFrames(source.doc)
    this.#learnStart(source)
    for (const reader of this.readers) {
      this.#askBack(reader)
      this.#serve(reader)
    }
  }

  /** Serves nothing until the next source; connections stay. */
  detach(): void {
    if (!this.#source) return
    this.flush()
    this.#answers?.close()
    this.#answers = null
    this.#source = null
    for (const reader of this.readers) if (reader.answered) reader.behind ??= this.#sent
  }

  join(reader: Reader): void {
    this.readers.add(reader)
    this.#link ??= this.#joinOthers()
    this.#askBack(reader)
    this.#tellPresence(reader, false)
  }

  leave(reader: Reader): void {
    if (!this.readers.delete(reader)) return
    this.#presence.leave(reader.speaker)
    if (this.readers.size === 0) {
      this.#link?.say(this.#presence.takeUntold())
      this.#presence = new Presence(this.#options.relay !== undefined)
    }
    this.#presenceChanged()
  }

  /** The doc's last reader has left for good. */
  dispose(): void {
    this.#link?.leave()
    this.#link = null
    this.#stopPresence?.()
    if (this.#flushing) clearImmediate(this.#flushing)
    this.#answers?.close()
    this.#answers = null
    this.#source = null
  }

  /** Queues a durable update for all readers. */
  publish(update: Uint8Array, stateVector: Uint8Array): void {
    const frame = syncFrame(SYNC.update, update)
    this.#answers?.published(frame)
    this.#published = stateVector
    this.#enqueue(frame)
  }

  /** Who is here and says so. */
  people(): PersonRef[] {
    return this.#presence.people()
  }

  /** A reader sent sync step 1. */
  ask(reader: Reader, stateVector: Uint8Array): void {
    reader.asked = stateVector
    this.#serve(reader)
  }

  /** Asks all readers for what the server lacks. */
  askAll(): void {
    for (const reader of this.readers) this.#askBack(reader)
  }

  /** A reader's socket has drained. */
  drained(reader: Reader): void {
    reader.drained()
    this.#serve(reader)
  }

  /** A reader sent an awareness message; false when it does not decode. */
  hear(reader: Reader, body: Uint8Array): boolean {
    const understood = this.#presence.hear(reader.speaker, body)
    this.#presenceChanged()
    return understood
  }

  /** A reader wants to know who is here. Without a source nobody knows who may; everything is told with the next one. */
  tellPresence(reader: Reader): void {
    if (this.#source && this.#mayHear(reader) && !reader.full()) this.#tellPresence(reader, false)
  }

  /** Sends what was published, then closes every connection. */
  close(code: CloseCode): void {
    this.flush()
    for (const reader of [...this.readers]) reader.close(code)
  }

  /** Called every second or so: frees answers that nobody has asked for lately. */
  tick(now: number): void {
    if (now - this.#answeredAt >= KEEP_ANSWERS_MS) this.#answers?.forget()
  }

  /** Sends what is queued. */
  flush(): void {
    if (this.#flushing) clearImmediate(this.#flushing)
    this.#flushing = null
    const [first] = this.#queue
    if (!first) return
    const batch = this.#queue.length === 1 ? first : Buffer.concat(this.#queue)
    this.#queue = []
    for (const reader of [...this.readers]) if (this.#mayHear(reader)) this.#pass(reader, batch)
    this.#sent = this.#published
  }

  /**
   * Asked before each write: a comparison of two numbers, unless somebody's rights have changed. Who lost theirs gets
   * nothing more, and is closed once that is durable; should it not come to that, they get what they missed.
   */
  #mayHear(reader: Reader): boolean {
    const { rights, mayRead } = this.#options
    const now = rights()
    if (reader.rights === now) return true
    if (mayRead(reader)) {
      reader.rights = now
      return true
    }
    if (reader.answered) reader.behind ??= this.#sent
    return false
  }

  #pass(reader: Reader, batch: Buffer): void {
    if (reader.serving) reader.held.push(batch)
    else if (!reader.answered || reader.asked || reader.behind) return
    else if (reader.full()) reader.behind = this.#sent
    else reader.send(batch)
  }

  #enqueue(frame: Buffer): void {
    if (this.readers.size === 0) return
    this.#queue.push(frame)
    this.#flushing ??= setImmediate(() => this.flush())
  }

  /**
   * Before anything was published, what readers have is at least the doc as it was found, once that is
   * durable. Without this, losing the source of a quiet room would cost each reader the full state.
   */
  #learnStart(source: LaneSource): void {
    if (this.#published !== EMPTY_VECTOR) return
    const start = Y.encodeStateVector(source.doc)
    source.settled().then(
      () => {
        if (this.#source !== source || this.#published !== EMPTY_VECTOR) return
        this.#sent = start
        this.#published = start
      },
      () => {},
    )
  }

  /** Sends a reader what it asked for or missed, unless it or the source cannot just now. */
  #serve(reader: Reader): void {
    const source = this.#source
    const { asked, behind } = reader
    if (!source || !this.#answers || !(asked || behind) || reader.serving || reader.full()) return
    this.#answeredAt = this.#options.clock.now()
    const frames = this.#answer(this.#answers, reader)
    if (!frames) {
      reader.close(CLOSE.restart)
      return
    }
    // From here on it gets what is published again: with this answer that is complete.
    reader.asked = null
    reader.behind = null
    reader.serving = true
    const undo = () => {
      reader.serving = false
      reader.held = []
      if (!reader.open) return
      reader.asked ??= asked
      // The older of the two: what it missed since is within the difference.
      reader.behind = behind ?? reader.behind
      if (this.#source && this.#source !== source) this.#serve(reader)
    }
    source.settled().then(() => {
      if (this.#source !== source) return undo()
      if (!this.#mayHear(reader)) return undo()
      reader.serving = false
      reader.answered ||= asked !== null
      reader.send([...frames, ...reader.held])
      reader.held = []
      if (behind) this.#tellPresence(reader, true)
      this.#serve(reader)
    }, undo)
  }

  /** Null when the doc does not encode, which what others wrote on a board must not turn into a crash. */
  #answer(answers: StateFrames, { asked, behind }: Reader): readonly Buffer[] | null {
    try {
      return asked ? answers.step2(asked) : answers.catchUp(behind ?? EMPTY_VECTOR)
    } catch {
      return null
    }
  }

  #askBack(reader: Reader): void {
    if (!this.#options.asks || !this.#source || !this.#mayHear(reader)) return
    reader.send(syncFrame(SYNC.step1, Y.encodeStateVector(this.#source.doc)))
  }

  #tellPresence(reader: Reader, andWhoLeft: boolean): void {
    reader.send(this.#presence.everything(andWhoLeft).map(awarenessFrame))
  }

  #joinOthers(): RelayLink | null {
    const { relay } = this.#options
    if (!relay) return null
    return relay.join({
      heard: (node, said, all) => {
        this.#presence.hearFrom(node, said, all)
        this.#presenceChanged()
      },
      lost: (node) => {
        this.#presence.lose(node)
        this.#presenceChanged()
      },
      everybody: () => this.#presence.ownClients(),
    })
  }

  #presenceChanged(): void {
    if (!this.#presence.changed || this.#stopPresence || this.readers.size === 0) return
    const { clock } = this.#options
    const wait = Math.max(0, this.#presenceAt + PRESENCE_MS - clock.now())
    this.#stopPresence = clock.after(wait, () => {
      this.#stopPresence = null
      this.#presenceAt = clock.now()
      const frames = this.#presence.takeChanges().map(awarenessFrame)
      this.#link?.say(this.#presence.takeUntold())
      for (const reader of [...this.readers]) if (this.#mayHear(reader)) this.#tell(reader, frames)
    })
  }

  /** Presence builds on nothing: only who is behind waits for it. */
  #tell(reader: Reader, frames: readonly Buffer[]): void {
    if (reader.behind) return
    if (!reader.full()) reader.send(frames)
    else if (reader.answered) reader.behind = this.#sent
  }
}
