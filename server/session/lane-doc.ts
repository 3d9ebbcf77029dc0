import { isDeepStrictEqual } from 'node:util'
import {
  type LaneContent,
  type LaneMember,
  type Message,
  type MessageMetadata,
  type MessagePart,
  PART_LENGTH,
  type QueueEntry,
  ROOT,
  type RunningTurn,
  type ToolPart,
  TURN_NOW,
} from '@colloquy/shared'
import * as Y from 'yjs'
import { fits } from './lane-content.ts'

/**
 * The two Yjs clientIDs that ever write a lane doc. Streamed text has its own, so that a run of deltas stays
 * one run: mixing in other writes multiplies the doc's size six-fold. They are small because every struct
 * and state vector names them.
 */
const STRUCTURE = 1
const TEXT = 2

/** A lane doc as the server writes it (DESIGN §9): one incarnation, one writer. */
export class LaneDoc {
  readonly name: string
  readonly doc = new Y.Doc()
  #update: Uint8Array | null = null
  /** Bytes of the doc as it was when last measured, and of the updates since: together never less than it has. */
  #measured = 0
  #written = 0
  /** Running answers, so that a delta does not look for its message. */
  readonly #open = new Map<string, Y.Map<unknown>>()

  /** @param updates what the journal holds of this doc, oldest first */
  constructor(name: string, updates: readonly Uint8Array[] = []) {
    this.name = name
    // Loaded under Yjs' random id: it renames an id that was set before loading. One transaction, because
    // replaying update by update costs six times as much.
    this.doc.transact(() => {
      for (const update of updates) Y.applyUpdate(this.doc, update)
    })
    this.doc.on('update', (update: Uint8Array) => {
      this.#update = update
      this.#written += update.length
    })
    for (const update of updates) this.#written += update.length
  }

  /**
   * Runs `change` as one transaction.
   * @returns its update and the state vector after it; null when nothing changed.
   */
  write(change: (doc: LaneDoc) => void): { update: Uint8Array; stateVector: Uint8Array } | null {
    this.#update = null
    this.#as(STRUCTURE, () => this.doc.transact(() => change(this)))
    this.#assertTwoWriters()
    return this.#update === null ? null : { update: this.#update, stateVector: Y.encodeStateVector(this.doc) }
  }

  /** Takes over what another process wrote. @returns the state vector after it */
  receive(update: Uint8Array): Uint8Array {
    Y.applyUpdate(this.doc, update)
    return Y.encodeStateVector(this.doc)
  }

  /** The whole doc as one update. */
  encode(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc)
  }

  /**
   * True when the stored doc has more bytes than this. The answer is exact, though measuring costs an encoding: an
   * estimate would hang on when the doc was loaded or stored, and that on other lanes.
   */
  exceeds(bytes: number): boolean {
    if (this.#measured + this.#written > bytes) this.#measure()
    return this.#measured > bytes
  }

  /** UTF-16 units of text and of what tools were given and gave back in the message at `index`. */
  textLength(index: number): number {
    const parts = this.doc.getArray<Y.Map<unknown>>(ROOT.messages).get(index)?.get('parts')
    if (!(parts instanceof Y.Array)) return 0
    return parts.toArray().reduce((sum, part) => sum + partLength(part), 0)
  }

  /** Version of the layout it was written in; undefined when it is empty. */
  get schema(): unknown {
    return this.doc.getMap(ROOT.meta).get('schema')
  }

  setMeta(meta: LaneContent['meta']): void {
    const map = this.doc.getMap(ROOT.meta)
    for (const [key, value] of Object.entries(meta)) map.set(key, value)
  }

  setTitle(title: string): void {
    this.doc.getMap(ROOT.meta).set('title', title)
  }

  setTurn(turn: RunningTurn | null): void {
    this.doc.getMap(ROOT.turn).set(TURN_NOW, turn)
  }

  setQueued(promptId: string, entry: QueueEntry | null): void {
    const queue = this.doc.getMap(ROOT.queue)
    if (entry) queue.set(promptId, entry)
    else if (queue.has(promptId)) queue.delete(promptId)
  }

  setMember(userId: string, member: LaneMember | null): void {
    const members = this.doc.getMap(ROOT.members)
    if (member) members.set(userId, member)
    else members.delete(userId)
  }

  addMessage(message: Message): void {
    const map = new Y.Map<unknown>()
    map.set('id', message.id)
    map.set('role', message.role)
    const parts = new Y.Array<Y.Map<unknown>>()
    map.set('parts', parts)
    this.doc.getArray(ROOT.messages).push([map])
    this.#appendParts(parts, message.parts)
    // Last: it is replaced when the message ends, and deleted items that lie together cost a reader's
    // catch-up one range.
    map.set('metadata', message.metadata)
    if (message.metadata.status === 'streaming') this.#open.set(message.id, map)
  }

  setMetadata(messageId: string, metadata: MessageMetadata): void {
    this.#message(messageId)?.set('metadata', metadata)
    if (metadata.status !== 'streaming') this.#open.delete(messageId)
  }

  /** Appends streamed text to the last part of a message, or to a new one when that is no text or full. */
  appendText(messageId: string, text: string): void {
    const parts = this.#message(messageId)?.get('parts')
    if (!(parts instanceof Y.Array)) return
    let last: unknown = parts.length > 0 ? parts.get(parts.length - 1).get('text') : undefined
    for (let at = 0; at < text.length; ) {
      const room = last instanceof Y.Text ? fits(text, at, PART_LENGTH - last.length) : 0
      if (!(last instanceof Y.Text) || room === 0) {
        last = this.#addText(parts, last instanceof Y.Text)
        continue
      }
      const target = last
      this.#as(TEXT, () => target.insert(target.length, text.slice(at, at + room)))
      at += room
    }
  }

  /**
   * Makes the message's parts equal `wanted`: what agrees from the start stays, a call that has changed is
   * changed in place, the rest is replaced.
   */
  setParts(messageId: string, wanted: readonly MessagePart[]): void {
    const parts = this.#message(messageId)?.get('parts')
    if (!(parts instanceof Y.Array)) return
    let same = 0
    while (same < parts.length && same < wanted.length && becomes(parts.get(same), wanted[same])) same++
    if (same < parts.length) parts.delete(same, parts.length - same)
    this.#appendParts(parts, wanted.slice(same))
  }

  #measure(): void {
    this.#measured = this.encode().length
    this.#written = 0
  }

  #appendParts(parts: Y.Array<Y.Map<unknown>>, added: readonly MessagePart[]): void {
    for (const part of added) {
      if (part.type === 'dynamic-tool') {
        parts.push([new Y.Map(Object.entries(part))])
        continue
      }
      const text = this.#addText(parts, part.continues === true)
      this.#as(TEXT, () => text.insert(0, part.text))
    }
  }

  #addText(parts: Y.Array<Y.Map<unknown>>, continues: boolean): Y.Text {
    const part = new Y.Map<unknown>()
    const text = new Y.Text()
    part.set('type', 'text')
    if (continues) part.set('continues', true)
    part.set('text', text)
    parts.push([part])
    return text
  }

  #message(id: string): Y.Map<unknown> | undefined {
    const open = this.#open.get(id)
    if (open) return open
    const messages = this.doc.getArray<Y.Map<unknown>>(ROOT.messages)
    for (let i = messages.length - 1; i >= 0; i--) {
      const map = messages.get(i)
      if (map.get('id') === id) {
        this.#open.set(id, map)
        return map
      }
    }
    return undefined
  }

  #as(clientId: number, write: () => void): void {
    const before = this.doc.clientID
    this.doc.clientID = clientId
    try {
      write()
    } finally {
      this.doc.clientID = before
    }
  }

  #assertTwoWriters(): void {
    const writers = this.doc.store.clients
    const known = Number(writers.has(STRUCTURE)) + Number(writers.has(TEXT))
    if (writers.size !== known) throw new Error(`a third client wrote lane doc ${this.name}`)
  }
}

/** True when the part is what is wanted, or a call that has been brought up to date. */
function becomes(part: Y.Map<unknown>, wanted: MessagePart | undefined): boolean {
  if (wanted?.type === 'dynamic-tool') {
    if (part.get('toolCallId') !== wanted.toolCallId) return false
    update(part, wanted)
    return true
  }
  const text = part.get('text')
  return text instanceof Y.Text && text.length === wanted?.text.length && text.toString() === wanted.text
}

/** Sets what differs and nothing else: each value that is set is sent to every reader. */
function update(part: Y.Map<unknown>, wanted: ToolPart): void {
  for (const key of part.keys()) if (!(key in wanted)) part.delete(key)
  for (const [key, value] of Object.entries(wanted)) {
    if (!isDeepStrictEqual(part.get(key), value)) part.set(key, value)
  }
}

function partLength(part: Y.Map<unknown>): number {
  const text = part.get('text')
  if (text instanceof Y.Text) return text.length
  return JSON.stringify([part.get('input'), part.get('output') ?? part.get('errorText')]).length
}

/** A lane doc as plain JSON; `doc` may be a replica. Text that still streams is included. */
export function readContent(doc: Y.Doc): LaneContent {
  return {
    meta: doc.getMap(ROOT.meta).toJSON() as LaneContent['meta'],
    messages: doc.getArray(ROOT.messages).toJSON() as Message[],
    queue: doc.getMap(ROOT.queue).toJSON() as Record<string, QueueEntry>,
    turn: (doc.getMap(ROOT.turn).get(TURN_NOW) ?? null) as RunningTurn | null,
    members: doc.getMap(ROOT.members).toJSON() as Record<string, LaneMember>,
  }
}
