import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import {
  type Append,
  type Claim,
  JournalError,
  type JournalEvent,
  type LoadedStream,
  type NewEvent,
  type ReadRange,
  type RecordedCommand,
  type SnapshotWrite,
  type StoredEvent,
} from './journal.ts'
import type { StoreCalls } from './sqlite-calls.ts'
import { SqliteDocs } from './sqlite-docs.ts'

const HOUR = 3_600_000
/** How long a command is recorded, in ms. */
const COMMAND_LIFE = 30 * 24 * HOUR

interface StreamRow {
  id: number
  position: number
  claims: number
  /** null: nobody owns it. */
  epoch: string | null
}
interface EventRow {
  seq: number
  event: string
  cell: string | null
  body?: string | null
}

/** The journal's tables. Every call runs inside a transaction that the caller opened, and may throw midway. */
export class SqliteStore implements StoreCalls {
  readonly #sql
  readonly #docs
  #prunedAt: number

  /** @param at ms since 1970; commands that are too old by then are removed. */
  constructor(db: DatabaseSync, at: number) {
    this.#sql = prepare(db)
    this.#docs = new SqliteDocs(db)
    this.#sql.prune.run(at - COMMAND_LIFE)
    this.#prunedAt = at
  }

  append(name: string, batch: Append, at: number): number {
    const stream = this.#open(name)
    checkEpoch(stream, name, batch.epoch)
    this.#checkCommand(stream, batch, at)
    checkPosition(stream, name, batch.expectedSeq)
    const seq = stream.position + 1
    this.#sql.advance.run(seq, stream.id)
    this.#sql.settle.run(stream.id)
    batch.events.forEach((entry, n) => {
      this.#addEvent(stream.id, seq, n, entry)
    })
    for (const { doc, update } of batch.updates ?? []) this.#docs.addUpdate(stream.id, doc, update)
    this.#index(stream.id, batch)
    this.#record(stream.id, batch, at)
    // Last, so that nothing the batch itself brought survives.
    for (const cell of batch.erase ?? []) this.#sql.eraseCell.run(stream.id, cell)
    for (const doc of batch.dropDocs ?? []) this.#docs.drop(stream.id, doc)
    return seq
  }

  load(name: string): LoadedStream {
    const stream = this.#find(name)
    if (!stream) return { seq: 0, snapshot: null, events: [], docs: new Map() }
    const row = this.#sql.snapshot.get(stream.id) as { seq: number; state: string } | undefined
    const snapshot = row ? { seq: row.seq, state: JSON.parse(row.state) as unknown } : null
    const events = this.#sql.eventsAfter.all(stream.id, snapshot?.seq ?? 0) as unknown as EventRow[]
    return {
      seq: stream.position,
      snapshot,
      events: events.map(storedEvent),
      docs: this.#docs.load(stream.id),
    }
  }

  read(name: string, { after, limit, bodies = true }: ReadRange): StoredEvent[] {
    const stream = this.#find(name)
    if (!stream) return []
    const page = bodies ? this.#sql.eventsPage : this.#sql.eventsPageBare
    const rows = page.all(stream.id, stream.id, after, limit) as unknown as EventRow[]
    return rows.map(storedEvent)
  }

  bodies(name: string, cells: readonly string[]): Map<string, string> {
    const found = new Map<string, string>()
    const stream = this.#find(name)
    if (!stream) return found
    for (const cell of cells) {
      const row = this.#sql.cell.get(stream.id, cell) as { body: string | null } | undefined
      if (row && row.body !== null) found.set(cell, row.body)
    }
    return found
  }

  command(name: string, userId: string, commandId: string, at: number): RecordedCommand | null {
    const stream = this.#find(name)
    return stream ? this.#recorded(stream.id, userId, commandId, at) : null
  }

  snapshot(name: string, snapshot: SnapshotWrite): void {
    const stream = this.#open(name)
    checkEpoch(stream, name, snapshot.epoch)
    checkPosition(stream, name, snapshot.expectedSeq)
    this.#sql.setSnapshot.run(stream.id, snapshot.expectedSeq, JSON.stringify(snapshot.state ?? null))
    for (const { doc, state } of snapshot.docs) this.#docs.setState(stream.id, doc, state)
  }

  claim(name: string): Claim {
    const stream = this.#open(name)
    const claims = stream.claims + 1
    const epoch = `${claims}:${randomBytes(9).toString('base64url')}`
    this.#sql.claim.run(claims, epoch, stream.id)
    const restored = this.#sql.restored.get(stream.id) !== undefined
    return {
      epoch,
      seq: stream.position,
      clean: stream.epoch === null && !restored,
      mayHaveLost: restored,
    }
  }

  renew(name: string, epoch: string): void {
    if (this.#find(name)?.epoch !== epoch) throw fenced(name)
  }

  release(name: string, epoch: string): void {
    this.#sql.release.run(name, epoch)
  }

  labelled(label: string): { stream: string; summary: unknown }[] {
    const rows = this.#sql.labelled.all(label) as unknown as { name: string; summary: string | null }[]
    return rows.map(({ name, summary }) => ({
      stream: name,
      summary: summary === null ? null : (JSON.parse(summary) as unknown),
    }))
  }

  putBoard(name: string, doc: string, state: Uint8Array): void {
    this.#sql.putBoard.run(this.#open(name).id, doc, state)
  }

  board(name: string, doc: string): Uint8Array | null {
    const row = this.#sql.board.get(name, doc) as { state: Uint8Array } | undefined
    return row?.state ?? null
  }

  dropBoard(name: string, doc: string): void {
    this.#sql.dropBoard.run(name, doc)
  }

  #find(name: string): StreamRow | undefined {
    return this.#sql.stream.get(name) as StreamRow | undefined
  }

  /** The stream, made when it is new: a refused write takes that back with the rest. */
  #open(name: string): StreamRow {
    const found = this.#find(name)
    if (found) return found
    const id = Number(this.#sql.addStream.run(name).lastInsertRowid)
    return { id, position: 0, claims: 0, epoch: null }
  }

  #addEvent(stream: number, seq: number, n: number, { event, body }: NewEvent): void {
    if (body !== undefined) this.#addCell(stream, event, body)
    this.#sql.addEvent.run(stream, seq, n, JSON.stringify(event), event.cell ?? null)
  }

  #addCell(stream: number, event: JournalEvent, body: string): void {
    if (event.cell === undefined) throw new Error(`the body of ${event.type} has no cell`)
    // Also true of an erased cell: its row stays, so that no later text appears in its place.
    if (this.#sql.cell.get(stream, event.cell)) throw new Error(`the cell ${event.cell} exists already`)
    this.#sql.addCell.run(stream, event.cell, body)
  }

  #index(stream: number, { labels, summary }: Append): void {
    for (const [label, carried] of Object.entries(labels ?? {})) {
      if (carried) this.#sql.addLabel.run(label, stream)
      else this.#sql.dropLabel.run(label, stream)
    }
    if (summary !== undefined) this.#sql.setSummary.run(JSON.stringify(summary), stream)
  }

  #checkCommand(stream: StreamRow, { command }: Append, at: number): void {
    if (!command || !this.#recorded(stream.id, command.userId, command.commandId, at)) return
    throw new JournalError('COMMAND_REPEATED', `the command ${command.commandId} is recorded already`)
  }

  #recorded(stream: number, userId: string, commandId: string, at: number): RecordedCommand | null {
    const row = this.#sql.command.get(stream, userId, commandId, at - COMMAND_LIFE) as
      | { hash: string; result: string }
      | undefined
    return row ? { hash: row.hash, result: JSON.parse(row.result) as unknown } : null
  }

  #record(stream: number, { command }: Append, at: number): void {
    if (!command) return
    const result = JSON.stringify(command.result ?? null)
    this.#sql.record.run(stream, command.userId, command.commandId, command.hash, result, at)
    if (at - this.#prunedAt < HOUR) return
    this.#sql.prune.run(at - COMMAND_LIFE)
    this.#prunedAt = at
  }
}

function checkEpoch(stream: StreamRow, name: string, epoch: string | undefined): void {
  const allowed = epoch === undefined ? stream.claims === 0 : stream.epoch === epoch
  if (!allowed) throw fenced(name)
}

function checkPosition(stream: StreamRow, name: string, expectedSeq: number): void {
  if (stream.position === expectedSeq) return
  throw new JournalError('CONFLICT', `${name} is at ${stream.position}, not at ${expectedSeq}`)
}

function fenced(name: string): JournalError {
  return new JournalError('FENCED', `${name} is not this claim's`)
}

function storedEvent({ seq, event, cell, body }: EventRow): StoredEvent {
  const stored: StoredEvent = { seq, event: JSON.parse(event) as JournalEvent }
  return cell === null || body === undefined ? stored : { ...stored, body }
}

const EVENTS = `SELECT e.seq, e.event, e.cell, c.body FROM events e
  LEFT JOIN cells c ON c.stream = e.stream AND c.cell = e.cell WHERE e.stream = ?`

const PAGE = `AND e.seq IN
  (SELECT DISTINCT seq FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT max(0, ?)) ORDER BY e.seq, e.n`

function prepare(db: DatabaseSync) {
  return {
    stream: db.prepare('SELECT id, position, claims, epoch FROM streams WHERE name = ?'),
    addStream: db.prepare('INSERT INTO streams (name) VALUES (?)'),
    advance: db.prepare('UPDATE streams SET position = ? WHERE id = ?'),
    claim: db.prepare('UPDATE streams SET claims = ?, epoch = ? WHERE id = ?'),
    restored: db.prepare('SELECT 1 FROM restored WHERE stream = ?'),
    settle: db.prepare('DELETE FROM restored WHERE stream = ?'),
    release: db.prepare('UPDATE streams SET epoch = NULL WHERE name = ? AND epoch = ?'),
    setSummary: db.prepare('UPDATE streams SET summary = ? WHERE id = ?'),
    addEvent: db.prepare('INSERT INTO events (stream, seq, n, event, cell) VALUES (?, ?, ?, ?, ?)'),
    eventsAfter: db.prepare(`${EVENTS} AND e.seq > ? ORDER BY e.seq, e.n`),
    eventsPage: db.prepare(`${EVENTS} ${PAGE}`),
    eventsPageBare: db.prepare(`SELECT e.seq, e.event, e.cell FROM events e WHERE e.stream = ? ${PAGE}`),
    cell: db.prepare('SELECT body FROM cells WHERE stream = ? AND cell = ?'),
    addCell: db.prepare('INSERT INTO cells (stream, cell, body) VALUES (?, ?, ?)'),
    eraseCell: db.prepare('UPDATE cells SET body = NULL WHERE stream = ? AND cell = ?'),
    snapshot: db.prepare('SELECT seq, state FROM snapshots WHERE stream = ?'),
    setSnapshot: db.prepare('INSERT OR REPLACE INTO snapshots (stream, seq, state) VALUES (?, ?, ?)'),
    command: db.prepare(
      'SELECT hash, result FROM commands WHERE stream = ? AND user_id = ? AND command_id = ? AND at > ?',
    ),
    record: db.prepare(
      'INSERT OR REPLACE INTO commands (stream, user_id, command_id, hash, result, at) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    prune: db.prepare('DELETE FROM commands WHERE at <= ?'),
    addLabel: db.prepare('INSERT OR IGNORE INTO labels (label, stream) VALUES (?, ?)'),
    dropLabel: db.prepare('DELETE FROM labels WHERE label = ? AND stream = ?'),
    labelled: db.prepare(
      'SELECT s.name, s.summary FROM labels l JOIN streams s ON s.id = l.stream WHERE l.label = ?',
    ),
    putBoard: db.prepare('INSERT OR REPLACE INTO boards (stream, doc, state) VALUES (?, ?, ?)'),
    board: db.prepare(
      'SELECT b.state FROM streams s JOIN boards b ON b.stream = s.id WHERE s.name = ? AND b.doc = ?',
    ),
    dropBoard: db.prepare(
      'DELETE FROM boards WHERE stream = (SELECT id FROM streams WHERE name = ?) AND doc = ?',
    ),
  }
}
