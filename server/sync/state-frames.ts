import { SYNC } from '@colloquy/shared'
import * as Y from 'yjs'
import { syncFrame } from './frame.ts'

/** Past this many bytes of updates after it, a full state is encoded anew rather than continued. */
const MAX_TAIL = 64 * 1024
/** State vectors longer than this come from no client of ours: their answers are not kept. */
const MAX_KEY = 256
/** Different answers kept for one state of the doc. */
const MAX_KEPT = 4

/**
 * Framed answers made from a doc. Encoding a doc costs milliseconds, so readers who lack the same share one
 * answer: those who lack everything share a full state and the updates published since, the others a
 * difference as long as the doc stands still.
 */
export class StateFrames {
  readonly #doc: Y.Doc
  readonly #kept = new Map<string, Buffer>()
  #full: Buffer | null = null
  #tail: Buffer[] = []
  #tailLength = 0
  readonly #stale = () => this.#kept.clear()

  constructor(doc: Y.Doc) {
    this.#doc = doc
    doc.on('afterTransaction', this.#stale)
  }

  /** The answer to a sync step 1. Its step 2 comes last: clients count as in sync once they have that. */
  step2(stateVector: Uint8Array): readonly Buffer[] {
    if (isEmptyVector(stateVector)) return [...this.#fullState(), NO_MORE]
    return [this.#difference(SYNC.step2, stateVector)]
  }

  /** What a reader lacks who has seen everything up to `stateVector`. */
  catchUp(stateVector: Uint8Array): readonly Buffer[] {
    return isEmptyVector(stateVector) ? this.#fullState() : [this.#difference(SYNC.update, stateVector)]
  }

  /** Tells of an update that goes to all readers, so that a kept full state goes on being complete. */
  published(frame: Buffer): void {
    if (!this.#full) return
    this.#tail.push(frame)
    this.#tailLength += frame.length
    if (this.#tailLength > MAX_TAIL) this.forget()
  }

  /** Frees what is kept. */
  forget(): void {
    this.#kept.clear()
    this.#full = null
    this.#tail = []
    this.#tailLength = 0
  }

  close(): void {
    this.#doc.off('afterTransaction', this.#stale)
    this.forget()
  }

  #fullState(): readonly Buffer[] {
    this.#full ??= syncFrame(SYNC.update, Y.encodeStateAsUpdate(this.#doc))
    if (this.#tail.length > 1) this.#tail = [Buffer.concat(this.#tail)]
    return [this.#full, ...this.#tail]
  }

  #difference(kind: typeof SYNC.step2 | typeof SYNC.update, stateVector: Uint8Array): Buffer {
    const key = kind + Buffer.from(stateVector).toString('latin1')
    const kept = this.#kept.get(key)
    if (kept) return kept
    const frame = syncFrame(kind, Y.encodeStateAsUpdate(this.#doc, stateVector))
    if (stateVector.length <= MAX_KEY && this.#kept.size < MAX_KEPT) this.#kept.set(key, frame)
    return frame
  }
}

/** The state vector of an empty doc: no entries. */
export const EMPTY_VECTOR: Uint8Array = new Uint8Array([0])

/** A step 2 with the update of an empty doc. */
const NO_MORE = syncFrame(SYNC.step2, new Uint8Array([0, 0]))

function isEmptyVector(stateVector: Uint8Array): boolean {
  return stateVector.length === 1 && stateVector[0] === 0
}
