import type { MessageMetadata } from '@colloquy/shared/layout'
import * as Y from 'yjs'
import type { InLane, Message } from '../types/index.ts'
import { joinParts, type SourcePart, ToolParts } from './parts.ts'

/**
 * The messages of a lane doc as plain objects. A message is built once and again only after an event of its
 * own; everyone else keeps its identity, and so do its own parts that did not change. The text of a streaming
 * answer is held as a string to which the event's delta is applied: reading the whole Y.Text for every token
 * would cost its length each time.
 */
export class Transcript {
  readonly #source: Y.Array<unknown>
  readonly #where: InLane
  readonly #built = new WeakMap<object, Message>()
  /** What of `#built` an event has overtaken. */
  readonly #stale = new WeakSet<object>()
  readonly #texts = new WeakMap<Y.Text, string>()
  readonly #tools = new ToolParts()
  #list: readonly Message[] | null = null
  #unfinished: readonly Message[] = []

  constructor(source: Y.Array<unknown>, where: InLane) {
    this.#source = source
    this.#where = where
  }

  /** To be called with the events of the root, while they are being delivered. */
  apply(events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void {
    for (const event of events) {
      if (event instanceof Y.YTextEvent) this.#applyText(event)
      else this.#tools.changed(event.target)
      const message = this.#messageOf(event.target)
      if (message) this.#stale.add(message)
    }
    this.#list = null
  }

  /** Oldest first; the same array until something changes. */
  read(): readonly Message[] {
    this.#list ??= this.#source
      .toArray()
      .flatMap((item) => (item instanceof Y.Map ? (this.#message(item) ?? []) : []))
    return this.#list
  }

  /** Those of `read` whose answers have not ended; the same array until one of them changes. */
  unfinished(): readonly Message[] {
    const now = this.read().filter(({ metadata }) => metadata.status === 'streaming')
    const same =
      now.length === this.#unfinished.length && now.every((each, i) => each === this.#unfinished[i])
    if (!same) this.#unfinished = now
    return this.#unfinished
  }

  #applyText(event: Y.YTextEvent): void {
    const known = this.#texts.get(event.target)
    if (known === undefined) return
    const next = applyDelta(known, event.delta)
    if (next === null) this.#texts.delete(event.target)
    else this.#texts.set(event.target, next)
  }

  /** The message that holds `type`: found upwards, as a path would count the messages before it. */
  #messageOf(type: object): object | null {
    let inner: object | null = type
    while (inner instanceof Y.AbstractType && inner.parent !== this.#source) inner = inner.parent
    return inner
  }

  #message(source: Y.Map<unknown>): Message | undefined {
    const known = this.#built.get(source)
    if (known && !this.#stale.has(source)) return known
    // Until a sync has ended, an update may have taken away what one that is still to come replaces: the message
    // stays as it was.
    if (!source.has('metadata')) return known
    const parts = source.get('parts')
    const message: Message = {
      ...this.#where,
      id: source.get('id') as string,
      role: source.get('role') as Message['role'],
      metadata: source.get('metadata') as MessageMetadata,
      parts:
        parts instanceof Y.Array
          ? joinParts(
              parts.toArray().flatMap((part) => this.#part(part)),
              known?.parts,
            )
          : [],
    }
    this.#built.set(source, message)
    this.#stale.delete(source)
    return message
  }

  #part(part: unknown): SourcePart[] {
    if (!(part instanceof Y.Map)) return []
    const type = part.get('type')
    if (type === 'dynamic-tool') return [this.#tools.read(part)]
    if (type !== 'text') return []
    const text = part.get('text')
    const continues = part.get('continues') === true
    return [{ type, text: text instanceof Y.Text ? this.#text(text) : '', continues }]
  }

  #text(source: Y.Text): string {
    const known = this.#texts.get(source)
    if (known !== undefined) return known
    const text = source.toString()
    this.#texts.set(source, text)
    return text
  }
}

type Delta = Y.YTextEvent['delta']

/** `text` after `delta`; null when the delta holds what is not text. */
export function applyDelta(text: string, delta: Delta): string | null {
  let result = text
  let at = 0
  for (const { retain, insert, delete: deleted } of delta) {
    if (retain !== undefined) at += retain
    if (deleted !== undefined) result = result.slice(0, at) + result.slice(at + deleted)
    if (insert === undefined) continue
    if (typeof insert !== 'string') return null
    result = at === result.length ? result + insert : result.slice(0, at) + insert + result.slice(at)
    at += insert.length
  }
  return result
}
