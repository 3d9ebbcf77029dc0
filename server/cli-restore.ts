import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import type { DataCommand } from './cli-data.ts'
import { took } from './cli-words.ts'
import { BackupError, checkBackup, type KeptFiles } from './journal/backup-file.ts'
import { JournalError } from './journal/journal.ts'
import { restoreJournal } from './journal/restore.ts'
import { reasonOf } from './journal/sqlite-errors.ts'

/**
 * Puts what a backup holds into a data folder that holds no journal yet, whole or not at all.
 * @returns what to tell whoever asked for it
 * @throws BackupError
 */
export function restore({ file, folder }: DataCommand): string {
  const source = resolve(file)
  const started = performance.now()
  if (!existsSync(source)) throw new BackupError(`There is no file ${source}.`)
  let undo = () => {}
  try {
    const { madeAt, files } = checkBackup(source)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    restoreJournal(folder, source, () => {
      undo = putFiles(folder, files)
    })
    const made = new Date(madeAt).toISOString().replace(/\..*/, 'Z')
    return [
      `Restored the backup of ${made} into ${resolve(folder)}, ${took(started)}.`,
      'What happened later is not in it. Open clients come to its state by themselves once the server is started.',
    ].join('\n')
  } catch (error) {
    undo()
    if (error instanceof JournalError || error instanceof BackupError) throw error
    throw new BackupError(`Nothing was restored: ${reasonOf(error)}`)
  }
}

/**
 * Writes the small files beside the journal. One that is there already must be the same: it is the secret of an
 * installation, and whatever it signed depends on it.
 * @returns takes away what it wrote
 */
function putFiles(folder: string, files: KeptFiles): () => void {
  const written: string[] = []
  const undo = () => {
    for (const path of written) rmSync(path, { force: true })
  }
  try {
    for (const [name, bytes] of files) {
      const path = join(folder, name)
      if (!existsSync(path)) {
        // Under its name it is whole: half a secret would be taken for another's.
        const draft = `${path}.part`
        written.push(draft, path)
        writeFileSync(draft, bytes, { mode: 0o600, flush: true })
        renameSync(draft, path)
      } else if (!readFileSync(path).equals(bytes)) {
        throw new BackupError(
          `${path} is another installation's: move the data folder away, or choose another with --data.`,
        )
      }
    }
    const there = openSync(folder, 'r')
    fsyncSync(there)
    closeSync(there)
    return undo
  } catch (error) {
    undo()
    throw error
  }
}
