import * as Y from 'yjs'
import type { InLane } from '../types/index.ts'
import { Lane } from '../view/lane.ts'
import { Link, type LinkOptions } from './link.ts'
import { type LocalCopy, noCopy } from './local.ts'

interface RoomOptions extends LinkOptions {
  where: InLane
  /** Opens the doc's copy in this browser. */
  open?: (doc: Y.Doc) => LocalCopy
  /** The lane's content changed. */
  changed: () => void
}

/**
 * One incarnation of a lane: its doc, its local copy and its connection. Lanes are written by the server alone:
 * nothing that comes into the doc, as from the local copy, is sent.
 */
export class Room {
  readonly name: string
  readonly lane: Lane
  readonly loaded: Promise<void>
  readonly #doc = new Y.Doc()
  readonly #local: LocalCopy
  readonly #link: Link
  #states: readonly unknown[] | null = null

  constructor(options: RoomOptions) {
    this.name = options.name
    this.lane = new Lane(this.#doc, options.where, options.changed)
    this.#local = options.open?.(this.#doc) ?? noCopy
    this.loaded = this.#local.loaded
    const peopleChanged = () => {
      this.#states = null
      options.peopleChanged()
    }
    this.#link = new Link(this.#doc, { ...options, peopleChanged })
    this.setTyping(false)
  }

  /** Awareness states of everybody in the room; the same array until one changes. */
  get states(): readonly unknown[] {
    this.#states ??= [...this.#link.awareness.getStates().values()]
    return this.#states
  }

  get synced(): boolean {
    return this.#link.synced
  }

  connect(ticket: string): void {
    this.#link.connect(ticket)
  }

  drop(): void {
    this.#link.drop()
  }

  setTyping(typing: boolean): void {
    this.#link.awareness.setLocalStateField('typing', typing)
  }

  /** Lets go of everything; no callback follows. */
  destroy(): void {
    this.#link.destroy()
    this.#doc.destroy()
  }

  /** Deletes the local copy. */
  erase(): Promise<void> {
    return this.#local.erase()
  }
}
