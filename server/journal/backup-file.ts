import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { messageOf } from './sqlite-errors.ts'
import { SCHEMA } from './sqlite-schema.ts'

/**
 * A backup is one SQLite file: the journal's tables, the small files that live beside the journal, and a line that is
 * written last, once the rest was found whole. A file without that line is no backup.
 */
const FORMAT = 1
const TABLES = `
CREATE TABLE backup_files (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE backup_meta (format INTEGER NOT NULL, made_at INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;
`

/** Small files of the data folder, by name. */
export type KeptFiles = ReadonlyMap<string, Uint8Array>

export interface BackupContent {
  /** ms since 1970. */
  madeAt: number
  files: KeptFiles
}

/** What is given is no backup, or no whole one; the message says which and is for whoever gave it. */
export class BackupError extends Error {
  override name = 'BackupError'
}

/**
 * Makes a backup of a copy of the database; durable when it returns.
 * @param madeAt ms since 1970
 * @throws BackupError when the copy is damaged, as the journal that it was made from then is.
 */
export function finishBackup(path: string, { files, madeAt }: BackupContent): void {
  // Alone: so that nothing is made beside it.
  const db = new DatabaseSync(path)
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL')
    checkStructure(db, 'The journal is damaged')
    db.exec(`BEGIN; ${TABLES}`)
    const add = db.prepare('INSERT INTO backup_files (name, bytes) VALUES (?, ?)')
    for (const [name, bytes] of files) add.run(name, bytes)
    db.prepare('INSERT INTO backup_meta VALUES (?, ?, ?)').run(FORMAT, madeAt, digestOf(db))
    db.exec('COMMIT')
  } finally {
    db.close()
  }
}

/**
 * Reads a backup through and says what is in it besides the journal.
 * @throws BackupError when the file is none, was cut or changed, or is of another version.
 */
export function checkBackup(path: string): BackupContent {
  const db = new DatabaseSync(backupUrl(path), { readOnly: true })
  try {
    const { format, made_at, digest } = metaOf(db, path)
    if (format !== FORMAT) throw new BackupError(`${path} was made by a newer version (format ${format}).`)
    const version = db.prepare('PRAGMA user_version').get()?.user_version
    if (version !== SCHEMA) {
      throw new BackupError(`${path} is of another version (schema ${version}, this one restores ${SCHEMA}).`)
    }
    checkStructure(db, `${path} is damaged`)
    if (!digestOf(db).equals(digest)) throw new BackupError(`${path} is damaged: it was changed.`)
    const rows = db.prepare('SELECT name, bytes FROM backup_files').all()
    const files = new Map(rows.map(({ name, bytes }) => [String(name), bytes as Uint8Array]))
    return { madeAt: made_at, files }
  } catch (error) {
    if (error instanceof BackupError) throw error
    throw new BackupError(`${path} is damaged, or was cut short: ${messageOf(error)}.`)
  } finally {
    db.close()
  }
}

/** The backup as SQLite is to open it: read alone, with nothing made beside it. */
export function backupUrl(path: string): URL {
  const url = pathToFileURL(path)
  url.search = 'immutable=1'
  return url
}

interface Meta {
  format: number
  made_at: number
  digest: Uint8Array
}

function metaOf(db: DatabaseSync, path: string): Meta {
  try {
    const meta = db.prepare('SELECT format, made_at, digest FROM backup_meta').get()
    if (meta) return meta as unknown as Meta
  } catch (error) {
    if (!/no such|not a database/.test(messageOf(error))) throw error
  }
  throw new BackupError(`${path} is not a backup of Colloquy, or not a whole one.`)
}

function checkStructure(db: DatabaseSync, what: string): void {
  const found = db.prepare('PRAGMA integrity_check(1)').get()?.integrity_check
  if (found !== 'ok') throw new BackupError(`${what}: ${found}.`)
}

/** Names of the tables that a journal or a backup holds, without the backup's last line. */
function contentTables(db: DatabaseSync): string[] {
  const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  return rows.map(({ name }) => String(name)).filter((name) => name !== 'backup_meta')
}

/** SHA-256 of every value of every table, each with its type and length before it. */
function digestOf(db: DatabaseSync): Buffer {
  const hash = createHash('sha256')
  for (const table of contentTables(db)) {
    hash.update(`\n${table}\n`)
    // In the order of the table itself, whatever the planner would think of.
    const rows = db.prepare(`SELECT * FROM ${table} NOT INDEXED`)
    rows.setReturnArrays(true)
    for (const row of rows.iterate() as Iterable<unknown[]>) {
      for (const value of row) {
        const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value))
        hash.update(`${value === null ? 'null' : typeof value} ${bytes.length} `).update(bytes)
      }
    }
  }
  return hash.digest()
}
