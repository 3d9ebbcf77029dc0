import { CLOSE, type CloseCode, EVERYONE, may, names, type Role } from '@colloquy/shared'
import * as Y from 'yjs'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { BoardSize } from './board-size.ts'
import { BoardWriting } from './board-writing.ts'
import type { Desk } from './desk.ts'
import { draftsOf, fitsBoard, rebuildBoard } from './drafts.ts'
import { inspectUpdate } from './foreign-update.ts'
import type { BoardPlace, RoomSession } from './port.ts'
import type { Reader } from './reader.ts'
import type { Room } from './room.ts'

const SAVE_MS = 2_000
/** What was written at another server is saved there; here too, for when that one did not get to it. */
const SAVE_OTHERS_MS = 20_000
/** A board without drafts starts anew when it carries more history than this. */
const EMPTY_BYTES = 8 * 1024

export interface BoardOptions {
  name: string
  room: Room
  limitBytes: number
  /** The caller's role now. */
  role(userId: string): Role | undefined
  /** Called when the board is kept and nobody reads it. */
  discard(): void
  clock: Clock
  log: Log
}

/**
 * A board: a doc that prompters write together. What they write is in this doc at once and in its place some
 * two seconds later; a crash in between is healed by their own copies.
 *
 * `loading` → `open` → `rolling` → `retiring` → `ended`; a roll that fails goes back to `open`.
 */
export class Board implements Desk {
  readonly room: Room
  readonly #options: BoardOptions
  readonly #doc = new Y.Doc()
  #state: 'loading' | 'open' | 'rolling' | 'retiring' | 'ended' = 'loading'
  #place: BoardPlace | null = null
  /** Counts openings: a load that was under way when the board was opened again counts no more. */
  #opening = 0
  readonly #size: BoardSize
  readonly #writing: BoardWriting
  #dirty = false
  /** Of several servers this one has readers who wrote since it was saved. */
  #writtenHere = false
  /** A new incarnation is wanted and could not be begun so far. */
  #rollDue = false
  /** Who wrote here since it was loaded; what it held then may be of anybody whom its lane is for. */
  readonly #writers = new Set<string>()
  #inherited = false
  #saving: Promise<void> | null = null
  #stopTimer: (() => void) | null = null
  #saveAt = 0
  #stopFollowing: () => void = () => {}

  constructor(options: BoardOptions) {
    this.#options = options
    this.#size = new BoardSize(this.#doc, options.limitBytes)
    this.room = options.room
    this.#writing = new BoardWriting({
      board: () => (this.room.doc && this.#place?.shared) ?? null,
      mayWrite: (userId) => may(options.role(userId), 'board.write'),
      failed: (error) => this.#warn('what was written on a board could not be told', error),
      clock: options.clock,
    })
    draftsOf(this.#doc)
  }

  open(session: RoomSession, userId: string): void {
    const place = session.board(this.#options.name, userId)
    if (!place) return
    this.#place = place
    if (this.#state === 'loading') this.#load(place)
    else this.#serve()
  }

  suspend(): void {
    this.#opening++
    this.room.detach()
  }

  receive(reader: Reader, update: Uint8Array): CloseCode | null {
    // Nothing is lost by not listening: whoever serves it next asks every reader for what the board lacks.
    if (this.#state !== 'open' || !this.room.doc) return null
    const verdict = inspectUpdate(this.#doc, update)
    if (verdict.kind === 'known') return null
    if (verdict.kind === 'garbage' || !fitsBoard(verdict.structs)) return CLOSE.forbidden
    if (!may(this.#options.role(reader.principal.userId), 'board.write')) return CLOSE.forbidden
    const adds = verdict.structs.length > 0
    if (this.#size.full && adds) return CLOSE.boardFull
    if (this.#place?.shared) {
      this.#writtenHere = true
      this.#writing.write(update, reader.principal.userId)
      return null
    }
    if (!this.#apply(update, reader.principal.userId)) return CLOSE.forbidden
    return this.#checkSize() || !adds ? null : CLOSE.boardFull
  }

  emptied(): void {
    if (this.#state === 'loading') this.#end()
    else this.#save()
  }

  /** Whoever wrote here is told first that it was taken: what they were not told of they write again on the next one. */
  retire(code: CloseCode): void {
    const shared = this.#place?.shared
    if (!shared) {
      this.#retireNow(code)
      return
    }
    if (this.#state === 'retiring' || this.#state === 'ended') return
    this.#state = 'retiring'
    shared
      .recent()
      .then((updates) => {
        for (const update of updates) Y.applyUpdate(this.#doc, update)
      })
      .catch((error: unknown) => this.#warn('what was written last on a board could not be read', error))
      .finally(() => this.#retireNow(code))
  }

  #retireNow(code: CloseCode): void {
    this.#end()
    this.room.close(code)
  }

  /** Begins a new incarnation from the drafts as they are, if there is anything here. */
  roll(): void {
    if (!this.#size.blank) this.#roll(rebuildBoard(this.#doc))
  }

  mayHoldWritingOf(userId: string): boolean {
    if (this.#writers.has(userId)) return true
    return this.#inherited && names(this.#place?.audience ?? EVERYONE, userId)
  }

  async close(): Promise<void> {
    await this.#saving
    this.#save()
    await this.#saving
    this.#end()
  }

  #load(place: BoardPlace): void {
    const opening = ++this.#opening
    const current = () => this.#opening === opening && this.#state === 'loading'
    place.load().then(
      (state) => {
        if (!current()) return
        if (state) this.#restore(state)
        this.#state = 'open'
        this.#doc.on('update', (update: Uint8Array) => this.#changed(update))
        this.#stopFollowing =
          place.shared?.follow((update, userId) => this.#hear(update, userId)) ?? (() => {})
        this.#serve()
      },
      (error: unknown) => {
        if (!current()) return
        this.#warn('a board could not be loaded', error)
        this.#options.clock.after(SAVE_MS, () => {
          if (current() && this.room.readers.size > 0) this.#load(place)
        })
      },
    )
  }

  #restore(state: Uint8Array): void {
    try {
      Y.applyUpdate(this.#doc, state)
      this.#size.loaded(state.length)
      this.#inherited = true
    } catch (error) {
      this.#warn('a stored board does not decode', error)
    }
  }

  #serve(): void {
    this.room.attach({ doc: this.#doc, settled: () => Promise.resolve() })
  }

  #apply(update: Uint8Array, userId: string): boolean {
    try {
      this.#writers.add(userId)
      Y.applyUpdate(this.#doc, update)
      return true
    } catch (error) {
      // Yjs may have stopped in the middle: only the drafts that are readable go on.
      this.#warn('an update could not be applied to a board', error)
      this.roll()
      return false
    }
  }

  /** Somebody wrote at this server or another. */
  #hear(update: Uint8Array, userId: string): void {
    if (!this.#apply(update, userId) || this.#state !== 'open' || !this.#writtenHere) return
    // Whoever serves its authors sees to its size.
    if (this.#checkSize()) return
    for (const reader of [...this.room.readers]) {
      if (reader.principal.userId === userId) reader.close(CLOSE.boardFull)
    }
  }

  #changed(update: Uint8Array): void {
    this.#size.grew(update.length)
    this.#dirty = true
    this.room.publish(update, Y.encodeStateVector(this.#doc))
    this.#saveSoon(this.#place?.shared && !this.#writtenHere ? SAVE_OTHERS_MS : SAVE_MS)
  }

  /** False when the live drafts alone are too much. */
  #checkSize(): boolean {
    const rebuilt = this.#size.overgrown()
    if (rebuilt) this.#roll(rebuilt)
    return !this.#size.full
  }

  #saveSoon(ms = SAVE_MS): void {
    const { clock } = this.#options
    const at = clock.now() + ms
    if (this.#stopTimer && this.#saveAt <= at) return
    this.#stopTimer?.()
    this.#saveAt = at
    this.#stopTimer = clock.after(ms, () => {
      this.#stopTimer = null
      this.#save()
    })
  }

  #save(): void {
    if (this.#state !== 'open' || this.#saving) return
    this.#stopTimer?.()
    this.#stopTimer = null
    if (!this.#dirty) {
      this.#endIfEmpty()
      return
    }
    const state = this.#stateToSave()
    if (!state) {
      this.roll()
      return
    }
    this.#dirty = false
    this.#writtenHere = false
    this.#saving = this.#store(state).finally(() => {
      this.#saving = null
      if (this.#dirty) this.#saveSoon()
      else this.#endIfEmpty()
    })
  }

  /** Null when the board is better rebuilt than saved. */
  #stateToSave(): Uint8Array | null {
    try {
      const state = this.#size.encode()
      const emptied = draftsOf(this.#doc).size === 0 && state.length > EMPTY_BYTES
      return this.#rollDue || emptied ? null : state
    } catch (error) {
      this.#warn('a board does not encode', error)
      return null
    }
  }

  async #store(state: Uint8Array): Promise<void> {
    try {
      await this.#place?.save(state)
    } catch (error) {
      this.#dirty = true
      this.#warn('a board could not be saved', error)
    }
  }

  #roll(state: Uint8Array): void {
    const place = this.#place
    if (this.#state !== 'open' || !place) return
    this.#state = 'rolling'
    this.#rollDue = true
    place.roll(state).then(
      () => this.retire(CLOSE.incarnation),
      (error: unknown) => {
        if (this.#state !== 'rolling') return
        this.#warn('a board could not be rebuilt', error)
        this.#state = 'open'
        this.#dirty = true
        this.room.askAll()
        this.#saveSoon()
      },
    )
  }

  #endIfEmpty(): void {
    if (this.room.readers.size === 0) this.#end()
  }

  #end(): void {
    this.#state = 'ended'
    this.#stopFollowing()
    this.#writing.end()
    this.#stopTimer?.()
    this.#stopTimer = null
    this.#options.discard()
  }

  #warn(message: string, error: unknown): void {
    this.#options.log.warn({ err: error, doc: this.#options.name }, message)
  }
}
