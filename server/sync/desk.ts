import { CLOSE, type CloseCode } from '@colloquy/shared'
import { inspectUpdate } from './foreign-update.ts'
import type { RoomSession } from './port.ts'
import type { Reader } from './reader.ts'
import type { Room } from './room.ts'

/** One doc that is served: its room, and what becomes of what its readers write. */
export interface Desk {
  readonly room: Room
  /** Takes the doc from `session`, on behalf of a person who may read it. */
  open(session: RoomSession, userId: string): void
  /** Serves nothing until it is opened again. */
  suspend(): void
  /** What a reader says the doc holds; answers the code to close it with, or null. */
  receive(reader: Reader, update: Uint8Array): CloseCode | null
  /** The last reader left. */
  emptied(): void
  /** The doc is served no more: its readers get what was published, then `code`. */
  retire(code: CloseCode): void
  /** Resolves when what is here is kept, or could not be; the desk is of no use afterwards. */
  close(): Promise<void>
}

/** A lane doc: written by the server alone, so nothing that arrives is ever applied. */
export class LaneDesk implements Desk {
  readonly room: Room
  readonly #name: string
  readonly #discard: () => void

  constructor(name: string, room: Room, discard: () => void) {
    this.#name = name
    this.room = room
    this.#discard = discard
  }

  open(session: RoomSession, userId: string): void {
    const source = session.lane(this.#name, userId)
    if (source) this.room.attach(source)
  }

  suspend(): void {
    this.room.detach()
  }

  receive(_reader: Reader, update: Uint8Array): CloseCode | null {
    const { doc } = this.room
    // Without the doc there is no telling; nothing is done with it either way.
    if (!doc) return null
    return inspectUpdate(doc, update).kind === 'known' ? null : CLOSE.forbidden
  }

  emptied(): void {
    this.#discard()
  }

  retire(code: CloseCode): void {
    this.room.close(code)
    this.#discard()
  }

  async close(): Promise<void> {
    this.#discard()
  }
}
