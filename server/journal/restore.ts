import type { DatabaseSync } from 'node:sqlite'
import { BackupError, backupUrl } from './backup-file.ts'
import { openDatabase } from './sqlite-schema.ts'

/**
 * Puts the journal of a checked backup into the data folder, whole or not at all: it becomes the content of the
 * folder's own empty database, in one transaction and under the lock that a server holds. Every stream that somebody
 * owned is marked as one that may have lost writes, so that no doc goes on under a name that clients know with
 * other content.
 * @param before runs when the journal is as good as there, under the lock; when it throws, nothing is
 * @throws JournalError as `openDatabase`; BackupError when the folder holds a journal that is not empty.
 */
export function restoreJournal(folder: string, backup: string, before: () => void): void {
  const db = openDatabase(folder)
  try {
    if (db.prepare('SELECT 1 FROM streams').get()) {
      throw new BackupError(
        `The data folder ${folder} holds a journal already: move that folder away, or choose another with --data.`,
      )
    }
    db.prepare('ATTACH ? AS backup').run(backupUrl(backup).href)
    db.exec('BEGIN IMMEDIATE')
    copyTables(db)
    db.exec('INSERT OR IGNORE INTO restored SELECT id FROM streams WHERE claims > 0')
    before()
    db.exec('COMMIT')
  } finally {
    // Without a commit SQLite takes everything back.
    db.close()
  }
}

function copyTables(db: DatabaseSync): void {
  const tables = db.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'").all()
  for (const { name } of tables) db.exec(`INSERT INTO main.${name} SELECT * FROM backup.${name}`)
}
