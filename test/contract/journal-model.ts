import {
  type Append,
  type Claim,
  JournalError,
  type JournalErrorCode,
  type LoadedStream,
  type ReadRange,
  type RecordedCommand,
  type SnapshotWrite,
  type StoredEvent,
} from '../../server/journal/journal.ts'

interface Stream {
  seq: number
  claims: number
  epoch: string | null
  events: StoredEvent[]
  cells: Map<string, string | null>
  docs: Map<string, { state: Uint8Array | null; updates: Uint8Array[] }>
  snapshot: { seq: number; state: unknown } | null
  commands: Map<string, RecordedCommand>
  labels: Set<string>
  summary: unknown
  boards: Map<string, Uint8Array>
}

/** The port's meaning in memory, said as shortly as possible. It makes no epochs: it is told of claims. */
export class JournalModel {
  readonly #streams = new Map<string, Stream>()

  append(name: string, batch: Append): number {
    const stream = this.#stream(name)
    this.#check(stream, batch.epoch)
    const key = batch.command && `${batch.command.userId} ${batch.command.commandId}`
    if (key !== undefined && stream.commands.has(key)) throw refusal('COMMAND_REPEATED')
    if (batch.expectedSeq !== stream.seq) throw refusal('CONFLICT')
    const cells = batch.events.flatMap(({ event, body }) => (body === undefined ? [] : [event.cell ?? '']))
    if (cells.some((cell, n) => stream.cells.has(cell) || cells.indexOf(cell) !== n)) throw new Error('cell')
    stream.seq += 1
    for (const { event, body } of batch.events) {
      stream.events.push({ seq: stream.seq, event })
      if (body !== undefined) stream.cells.set(event.cell ?? '', body)
    }
    for (const { doc, update } of batch.updates ?? []) docOf(stream, doc).updates.push(update)
    if (batch.command && key !== undefined) {
      stream.commands.set(key, { hash: batch.command.hash, result: batch.command.result })
    }
    for (const [label, carried] of Object.entries(batch.labels ?? {})) {
      if (carried) stream.labels.add(label)
      else stream.labels.delete(label)
    }
    if (batch.summary !== undefined) stream.summary = batch.summary
    for (const cell of batch.erase ?? []) if (stream.cells.has(cell)) stream.cells.set(cell, null)
    for (const doc of batch.dropDocs ?? []) stream.docs.delete(doc)
    return stream.seq
  }

  snapshot(name: string, { expectedSeq, epoch, state, docs }: SnapshotWrite): void {
    const stream = this.#stream(name)
    this.#check(stream, epoch)
    if (expectedSeq !== stream.seq) throw refusal('CONFLICT')
    stream.snapshot = { seq: stream.seq, state }
    for (const { doc, state: bytes } of docs) stream.docs.set(doc, { state: bytes, updates: [] })
  }

  /** What the claim should say, its epoch aside. */
  claimed(name: string, epoch: string): Omit<Claim, 'mayHaveLost'> {
    const stream = this.#stream(name)
    const clean = stream.epoch === null
    stream.claims += 1
    stream.epoch = epoch
    return { epoch: `${stream.claims}:${epoch.split(':')[1]}`, seq: stream.seq, clean }
  }

  renew(name: string, epoch: string): void {
    if (this.#stream(name).epoch !== epoch) throw refusal('FENCED')
  }

  release(name: string, epoch: string): void {
    const stream = this.#stream(name)
    if (stream.epoch === epoch) stream.epoch = null
  }

  load(name: string): LoadedStream {
    const { seq, snapshot, docs } = this.#stream(name)
    const events = this.read(name, { after: snapshot?.seq ?? 0, limit: Number.POSITIVE_INFINITY })
    return { seq, snapshot, events, docs: structuredClone(docs) }
  }

  read(name: string, { after, limit }: ReadRange): StoredEvent[] {
    const { events, cells } = this.#stream(name)
    const later = events.filter(({ seq }) => seq > after)
    const page = new Set([...new Set(later.map(({ seq }) => seq))].slice(0, limit))
    return later
      .filter(({ seq }) => page.has(seq))
      .map(({ seq, event }) => {
        return event.cell === undefined ? { seq, event } : { seq, event, body: cells.get(event.cell) ?? null }
      })
  }

  bodies(name: string, wanted: readonly string[]): Map<string, string> {
    const { cells } = this.#stream(name)
    return new Map(
      wanted.flatMap((cell): [string, string][] => {
        const body = cells.get(cell)
        return typeof body === 'string' ? [[cell, body]] : []
      }),
    )
  }

  command(name: string, userId: string, commandId: string): RecordedCommand | null {
    return this.#stream(name).commands.get(`${userId} ${commandId}`) ?? null
  }

  labelled(label: string): { stream: string; summary: unknown }[] {
    return [...this.#streams]
      .filter(([, { labels }]) => labels.has(label))
      .map(([stream, { summary }]) => ({ stream, summary }))
  }

  putBoard(name: string, doc: string, state: Uint8Array): void {
    this.#stream(name).boards.set(doc, state)
  }
  board(name: string, doc: string): Uint8Array | null {
    return this.#stream(name).boards.get(doc) ?? null
  }
  dropBoard(name: string, doc: string): void {
    this.#stream(name).boards.delete(doc)
  }

  seqOf(name: string): number {
    return this.#stream(name).seq
  }

  #check({ claims, epoch: current }: Stream, epoch: string | undefined): void {
    if (epoch === undefined ? claims > 0 : epoch !== current) throw refusal('FENCED')
  }

  #stream(name: string): Stream {
    const found = this.#streams.get(name)
    if (found) return found
    const made: Stream = {
      seq: 0,
      claims: 0,
      epoch: null,
      events: [],
      cells: new Map(),
      docs: new Map(),
      snapshot: null,
      commands: new Map(),
      labels: new Set(),
      summary: null,
      boards: new Map(),
    }
    this.#streams.set(name, made)
    return made
  }
}

function docOf(stream: Stream, name: string): { state: Uint8Array | null; updates: Uint8Array[] } {
  const doc = stream.docs.get(name) ?? { state: null, updates: [] }
  stream.docs.set(name, doc)
  return doc
}

function refusal(code: JournalErrorCode): JournalError {
  return new JournalError(code, code)
}
