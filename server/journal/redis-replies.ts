import type { Reply } from '../redis/script.ts'
import { JournalError, type JournalEvent, type LoadedStream, type StoredEvent } from './journal.ts'

// What the scripts of `redis-scripts.ts` answer, as the port says it.

/** Fields of an entry of Redis' streams, one after the other: name, value, name, value. */
type Fields = Buffer[]

export function textOf(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString() : String(reply)
}

/** Of each event its JSON, and the bodies of those that name a cell. */
export function storedEvents(reply: Reply | undefined, wanted: boolean): StoredEvent[] {
  return (reply as [number, Buffer, (Buffer | null)[]][]).flatMap(([seq, json, bodies]) => {
    let next = 0
    return readEvents(json).map((event) => {
      if (event.cell === undefined || !wanted) return { seq, event }
      return { seq, event, body: readCell(bodies[next++] ?? null) ?? null }
    })
  })
}

export function readEvents(json: Buffer): JournalEvent[] {
  try {
    const events: unknown = JSON.parse(json.toString())
    if (Array.isArray(events)) return events as JournalEvent[]
  } catch {
    // Said below.
  }
  throw damaged('an entry does not decode')
}

/** The text of a cell; null when it was erased or never written. */
export function readCell(stored: Buffer | null): string | null {
  return stored?.[0] === PLUS ? stored.subarray(1).toString() : null
}
const PLUS = '+'.charCodeAt(0)

export function loadedStream([, position, snapshotSeq, snapshot, docs, feed, events]: Reply[]): LoadedStream {
  return {
    seq: position as number,
    snapshot:
      Number(snapshotSeq) < 0 ? null : { seq: snapshotSeq as number, state: readJson(textOf(snapshot)) },
    events: storedEvents(events, true),
    docs: loadedDocs(docs as Fields, feed as [Buffer, Fields][]),
  }
}

function loadedDocs(kept: Fields, feed: readonly [Buffer, Fields][]): LoadedStream['docs'] {
  const docs: LoadedStream['docs'] = new Map()
  const covers = new Map<string, number>()
  for (const [field, value] of pairs(kept)) {
    const [kind, doc] = split(field)
    if (kind === 'state') docs.set(doc, { state: new Uint8Array(value), updates: [] })
    else covers.set(doc, Number(value))
  }
  for (const [id, fields] of feed) {
    const seq = positionOf(id)
    for (const [field, value] of pairs(fields)) {
      const [kind, name] = split(field)
      if (kind !== 'doc' || seq <= (covers.get(name) ?? 0)) continue
      const doc = docs.get(name) ?? { state: null, updates: [] }
      doc.updates.push(new Uint8Array(value))
      docs.set(name, doc)
    }
  }
  return docs
}

/** `<position>-<n>` */
export function positionOf(id: Buffer | string): number {
  return Number.parseInt(id.toString(), 10)
}

export function* pairs(fields: Fields): Generator<[string, Buffer]> {
  for (let n = 0; n + 1 < fields.length; n += 2) {
    const [field, value] = [fields[n], fields[n + 1]]
    if (field && value) yield [field.toString(), value]
  }
}

/** `kind:name`; the name may hold colons. */
export function split(field: string): [kind: string, name: string] {
  const colon = field.indexOf(':')
  return colon < 0 ? [field, ''] : [field.slice(0, colon), field.slice(colon + 1)]
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw damaged('a value does not decode', error)
  }
}

function damaged(message: string, cause?: unknown): JournalError {
  return new JournalError('UNAVAILABLE', `the stored stream is damaged: ${message}`, cause)
}
