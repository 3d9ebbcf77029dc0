import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JournalError } from './journal.ts'
import { isBusy, reasonOf } from './sqlite-errors.ts'

/** Version of the tables below, in `user_version`; 0 is a new file. */
export const SCHEMA = 2

/** A process that is just closing gets this long, in ms, before the folder counts as in use. */
const LOCK_WAIT = 200
/** A journal of at most so many bytes is read through at each start: about a second when it is in memory. */
const CHECKED_BYTES = 1e9

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
 * @throws JournalError `DATA_IN_USE`; `UNAVAILABLE` when the file cannot be used, is damaged, or is another program's
 *   or a newer version's.
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
    checkPages(db, path)
    return db
  } catch (error) {
    db?.close()
    if (error instanceof JournalError) throw error
    if (isBusy(error)) {
      throw new JournalError(
        'DATA_IN_USE',
        `Another server uses the data folder ${folder}: stop it, or choose another folder with --data.`,
        error,
      )
    }
    throw new JournalError('UNAVAILABLE', `The journal ${path} cannot be used: ${reasonOf(error)}.`, error)
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
  // A file of another program has no version either, but something in it.
  if (version === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get()) {
    throw new JournalError('UNAVAILABLE', `${path} is no journal of Colloquy.`)
  }
  if (version < 1) db.exec(TABLES)
  if (version < 2) db.exec(SINCE_2)
  if (version < SCHEMA) db.exec(`PRAGMA user_version = ${SCHEMA}`)
  db.exec('COMMIT')
}

/** Whoever writes on into a damaged file damages more of it. */
function checkPages(db: DatabaseSync, path: string): void {
  if (statSync(path).size > CHECKED_BYTES) return
  const found = String(db.prepare('PRAGMA quick_check(1)').get()?.quick_check)
  if (found === 'ok') return
  const where = found.replace(/\s+/g, ' ')
  throw new JournalError(
    'UNAVAILABLE',
    `The journal ${path} is damaged: move the data folder away and restore a backup. (${where})`,
  )
}
