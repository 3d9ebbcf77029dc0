import {
  type Append,
  type Claim,
  type Journal,
  JournalError,
  type JournalErrorCode,
  type JournalEvent,
  type LoadedStream,
  type ReadRange,
  type RecordedCommand,
  type SnapshotWrite,
  type StoredEvent,
} from '../../server/journal/journal.ts'

/** What outlives a journal that is closed, as a folder does. */
export class MemoryStore {
  readonly streams = new Map<string, Stream>()

  /** The text of a cell, read from outside of the port. */
  textOf(stream: string, cell: string): string | null {
    return this.streams.get(stream)?.cells.get(cell) ?? null
  }
}

interface Stream {
  position: number
  claims: number
  /** null: nobody owns it. */
  epoch: string | null
  /** JSON, so that nobody holds what the store holds. */
  events: { seq: number; json: string; cell: string | undefined }[]
  /** null: erased. */
  cells: Map<string, string | null>
  docs: Map<string, { state: Uint8Array | null; updates: Uint8Array[] }>
  snapshot: { seq: number; json: string } | null
  commands: Map<string, { hash: string; json: string }>
  labels: Set<string>
  summary: string | null
  boards: Map<string, Uint8Array>
}

/**
 * A journal in memory for simulations: it answers by microtasks alone, and the same calls have the same answers. Each
 * call is carried out when it is made.
 */
export class MemoryJournal implements Journal {
  readonly #store: MemoryStore
  #closed = false

  constructor(store = new MemoryStore()) {
    this.#store = store
  }

  async append(name: string, batch: Append): Promise<number> {
    const stream = this.#open(name)
    checkEpoch(stream, batch.epoch)
    const { command } = batch
    const key = command && commandKey(command.userId, command.commandId)
    if (key !== undefined && stream.commands.has(key)) throw refusal('COMMAND_REPEATED')
    if (batch.expectedSeq !== stream.position) throw refusal('CONFLICT')
    // All that can fail comes first: what is refused leaves no trace.
    const bodies = newCells(stream, batch)
    const seq = ++stream.position
    for (const { event } of batch.events) {
      stream.events.push({ seq, json: JSON.stringify(event), cell: event.cell })
    }
    for (const [cell, body] of bodies) stream.cells.set(cell, body)
    for (const { doc, update } of batch.updates ?? []) docOf(stream, doc).updates.push(update.slice())
    if (command && key !== undefined) {
      stream.commands.set(key, { hash: command.hash, json: JSON.stringify(command.result ?? null) })
    }
    index(stream, batch)
    for (const cell of batch.erase ?? []) if (stream.cells.has(cell)) stream.cells.set(cell, null)
    for (const doc of batch.dropDocs ?? []) stream.docs.delete(doc)
    return seq
  }

  async load(name: string): Promise<LoadedStream> {
    const stream = this.#find(name)
    if (!stream) return { seq: 0, snapshot: null, events: [], docs: new Map() }
    const { position, snapshot } = stream
    return {
      seq: position,
      snapshot: snapshot && { seq: snapshot.seq, state: JSON.parse(snapshot.json) as unknown },
      events: eventsOf(stream, { after: snapshot?.seq ?? 0, limit: Infinity }),
      docs: structuredClone(stream.docs),
    }
  }

  async read(name: string, range: ReadRange): Promise<StoredEvent[]> {
    const stream = this.#find(name)
    return stream ? eventsOf(stream, range) : []
  }

  async bodies(name: string, cells: readonly string[]): Promise<Map<string, string>> {
    const known = this.#find(name)?.cells
    const found = cells.map((cell) => [cell, known?.get(cell)] as const)
    return new Map(found.filter((each): each is [string, string] => typeof each[1] === 'string'))
  }

  async command(name: string, userId: string, commandId: string): Promise<RecordedCommand | null> {
    const recorded = this.#find(name)?.commands.get(commandKey(userId, commandId))
    return recorded ? { hash: recorded.hash, result: JSON.parse(recorded.json) as unknown } : null
  }

  async snapshot(name: string, { expectedSeq, epoch, state, docs }: SnapshotWrite): Promise<void> {
    const stream = this.#open(name)
    checkEpoch(stream, epoch)
    if (expectedSeq !== stream.position) throw refusal('CONFLICT')
    stream.snapshot = { seq: expectedSeq, json: JSON.stringify(state ?? null) }
    for (const { doc, state: bytes } of docs) stream.docs.set(doc, { state: bytes.slice(), updates: [] })
  }

  async claim(name: string): Promise<Claim> {
    const stream = this.#open(name)
    const clean = stream.epoch === null
    const epoch = `${++stream.claims}:memory`
    stream.epoch = epoch
    return { epoch, seq: stream.position, clean, mayHaveLost: false }
  }

  async renew(name: string, epoch: string): Promise<void> {
    if (this.#find(name)?.epoch !== epoch) throw refusal('FENCED')
  }

  async release(name: string, epoch: string): Promise<void> {
    const stream = this.#find(name)
    if (stream?.epoch === epoch) stream.epoch = null
  }

  async labelled(label: string): Promise<{ stream: string; summary: unknown }[]> {
    this.#check()
    const carrying = [...this.#store.streams].filter(([, { labels }]) => labels.has(label))
    return carrying.map(([stream, { summary }]) => ({ stream, summary: summary && JSON.parse(summary) }))
  }

  async putBoard(name: string, doc: string, state: Uint8Array): Promise<void> {
    this.#open(name).boards.set(doc, state.slice())
  }

  async board(name: string, doc: string): Promise<Uint8Array | null> {
    return this.#find(name)?.boards.get(doc)?.slice() ?? null
  }

  async dropBoard(name: string, doc: string): Promise<void> {
    this.#find(name)?.boards.delete(doc)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #check(): void {
    if (this.#closed) throw refusal('UNAVAILABLE')
  }

  #find(name: string): Stream | undefined {
    this.#check()
    return this.#store.streams.get(name)
  }

  #open(name: string): Stream {
    const known = this.#find(name)
    if (known) return known
    const stream: Stream = {
      ...{ position: 0, claims: 0, epoch: null, events: [], cells: new Map(), docs: new Map() },
      ...{ snapshot: null, commands: new Map(), labels: new Set<string>(), summary: null },
      boards: new Map(),
    }
    this.#store.streams.set(name, stream)
    return stream
  }
}

function commandKey(userId: string, commandId: string): string {
  return JSON.stringify([userId, commandId])
}

function checkEpoch({ claims, epoch: current }: Stream, epoch: string | undefined): void {
  if (epoch === undefined ? claims > 0 : epoch !== current) throw refusal('FENCED')
}

/** The texts that a batch brings. A cell is written once; one that was erased keeps its place. */
function newCells(stream: Stream, { events }: Append): Map<string, string> {
  const cells = new Map<string, string>()
  for (const { event, body } of events) {
    if (body === undefined) continue
    const { cell } = event
    if (cell === undefined) throw new Error(`the body of ${event.type} has no cell`)
    if (stream.cells.has(cell) || cells.has(cell)) throw new Error(`the cell ${cell} exists already`)
    cells.set(cell, body)
  }
  return cells
}

function index(stream: Stream, { labels = {}, summary }: Append): void {
  for (const [label, carried] of Object.entries(labels)) {
    if (carried) stream.labels.add(label)
    else stream.labels.delete(label)
  }
  if (summary !== undefined) stream.summary = JSON.stringify(summary)
}

function eventsOf({ events, cells }: Stream, { after, limit, bodies = true }: ReadRange): StoredEvent[] {
  const found: StoredEvent[] = []
  let appends = 0
  let last = after
  for (const { seq, json, cell } of events) {
    if (seq <= after) continue
    if (seq !== last && ++appends > limit) break
    last = seq
    const event = JSON.parse(json) as JournalEvent
    found.push(cell === undefined || !bodies ? { seq, event } : { seq, event, body: cells.get(cell) ?? null })
  }
  return found
}

function docOf(stream: Stream, name: string) {
  const doc = stream.docs.get(name) ?? { state: null, updates: [] }
  stream.docs.set(name, doc)
  return doc
}

function refusal(code: JournalErrorCode): JournalError {
  return new JournalError(code, code)
}
