import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JournalError } from './journal.ts'

/** Version of the tables below, in `user_version`; 0 is a new file. */
export const SCHEMA = 2

/** SQLite result codes (https://sqlite.org/rescode.html); the low byte of an extended code. */
const BUSY = 5
/** What the caller gave is at fault, not the store: TOOBIG, CONSTRAINT, MISMATCH, RANGE. */
const CALLER_FAULTS: ReadonlySet<number> = new Set([18, 19, 20, 25])

/** A process that is just closing gets this long, in ms, before the folder counts as in use. */
const LOCK_WAIT = 200

// Text that people or models wrote stands in `cells` and, as Yjs updates, in `updates` and `doc_states`.
// Erasing it must leave no copy in the file, and secure_delete does not see to that alone: when SQLite
// deletes a row it may move the neighbours, and what they leave in the unallocated part of a page stays
// there. Two shapes keep erasure honest:
// - rows of `cells` and `docs` are only ever added at the end and changed in place (never grown, never
//   deleted), which moves no other row;
// - updates and states, which are deleted all the time, are sealed with the key of their doc, and dropping
//   a doc overwrites the key.
const TABLES = `
CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  position INTEGER NOT NULL DEFAULT 0,
  claims INTEGER NOT NULL DEFAULT 0,
  epoch TEXT,
  summary TEXT
) STRICT;
CREATE TABLE events (
  stream INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  event TEXT NOT NULL,
  cell TEXT,
  PRIMARY KEY (stream, seq, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE cells (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  cell TEXT NOT NULL,
  body TEXT,
  UNIQUE (stream, cell)
) STRICT;
CREATE TABLE docs (
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  name TEXT NOT NULL,
  key BLOB NOT NULL CHECK (length(key) = 32),
  UNIQUE (stream, name)
) STRICT;
CREATE TABLE doc_states (doc INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE updates (id INTEGER PRIMARY KEY, doc INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
CREATE INDEX updates_by_doc ON updates (doc);
CREATE TABLE snapshots (stream INTEGER PRIMARY KEY, seq INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
CREATE TABLE commands (
  stream INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  command_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  result TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (stream, user_id, command_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX commands_by_time ON commands (at);
CREATE TABLE labels (
  label TEXT NOT NULL,
  stream INTEGER NOT NULL,
  PRIMARY KEY (label, stream)
) STRICT, WITHOUT ROWID;
CREATE TABLE boards (stream INTEGER NOT NULL, doc TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (stream, doc)) STRICT;
`
/** Streams as a restore left them: what was acknowledged later is lost, until an append begins anew from there. */
const SINCE_2 = `
CREATE TABLE restored (stream INTEGER PRIMARY KEY) STRICT;
`

/**
 * Opens `<folder>/journal.db` for this connection alone, making folder and tables when they are missing.
 * The lock is the operating system's and ends with the process. It is a POSIX lock: a process that opens and
 * closes the file by other means (a copy for a backup) drops its own lock.
 * @throws JournalError `DATA_IN_USE`; `UNAVAILABLE` when the file cannot be used or is a newer version's.
 */
export function openDatabase(folder: string): DatabaseSync {
  const path = join(folder, 'journal.db')
  let db: DatabaseSync | undefined
  try {
    mkdirSync(folder, { recursive: true })
    db = new DatabaseSync(path, { timeout: LOCK_WAIT })
    // locking_mode first: the WAL index then lives in memory, and the lock is held from the first access on.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    // Statement journals in memory: a temporary file would keep what it was given.
    db.exec('PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY')
    migrate(db, path)
    return db
  } catch (error) {
    db?.close()
    if (error instanceof JournalError) throw error
    if (resultCode(error) === BUSY) {
      throw new JournalError(
        'DATA_IN_USE',
        `Another server uses the data folder ${folder}: stop it, or choose another folder with --data.`,
        error,
      )
    }
    throw new JournalError('UNAVAILABLE', `cannot open ${path}: ${messageOf(error)}`, error)
  }
}

function migrate(db: DatabaseSync, path: string): void {
  db.exec('BEGIN IMMEDIATE')
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (version > SCHEMA) {
    throw new JournalError(
      'UNAVAILABLE',
      `${path} was written by a newer version (schema ${version}, this one knows ${SCHEMA})`,
    )
  }
  if (version < 1) db.exec(TABLES)
  if (version < 2) db.exec(SINCE_2)
  if (version < SCHEMA) db.exec(`PRAGMA user_version = ${SCHEMA}`)
  db.exec('COMMIT')
}

/** SQLite's primary result code; null when the error is not SQLite's. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

/** True when the store failed (disk full, I/O), false for a refusal or a bug of the caller. */
export function isStoreFailure(error: unknown): boolean {
  const code = resultCode(error)
  return code !== null && !CALLER_FAULTS.has(code)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
