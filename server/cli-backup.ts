import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { DataCommand } from './cli-data.ts'
import { size, took } from './cli-words.ts'
import { askForCopy } from './control.ts'
import { BackupError, finishBackup, type KeptFiles } from './journal/backup-file.ts'
import { JournalError } from './journal/journal.ts'
import { copyDatabase } from './journal/sqlite-copy.ts'
import { reasonOf } from './journal/sqlite-errors.ts'
import { openDatabase } from './journal/sqlite-schema.ts'

/** The files beside the journal without which what is restored would not go on as the same installation. */
const KEPT = ['secret']

/**
 * Writes everything that a data folder keeps to one new file, also while a server uses it: the file appears when it
 * is whole, checked and on the disk, or not at all.
 * @returns what to tell whoever asked for it
 * @throws BackupError
 */
export async function backup({ file, folder }: DataCommand): Promise<string> {
  const target = resolve(file)
  if (existsSync(target)) throw exists(target)
  if (!existsSync(join(folder, 'journal.db')))
    throw new BackupError(`There is no journal in ${resolve(folder)}.`)
  const draft = `${target}.${randomBytes(4).toString('hex')}.part`
  const clean = () => {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(draft + end, { force: true })
  }
  const stop = () => {
    clean()
    process.exit(130)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const started = performance.now()
  try {
    await copyTo(draft, folder)
    finishBackup(draft, { files: keptFiles(folder), madeAt: Date.now() })
    putInPlace(draft, target)
    return `Backed up ${resolve(folder)} to ${target}: ${size(statSync(target).size)}, ${took(started)}.`
  } catch (error) {
    if (error instanceof JournalError || error instanceof BackupError) throw error
    throw new BackupError(`No backup was made: ${reasonOf(error)}`)
  } finally {
    clean()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

async function copyTo(draft: string, folder: string): Promise<void> {
  if (await askForCopy(folder, draft)) return
  const db = openFree(folder)
  try {
    await copyDatabase(db, draft, () => false)
  } finally {
    db.close()
  }
}

function openFree(folder: string): DatabaseSync {
  try {
    return openDatabase(folder)
  } catch (error) {
    if (!(error instanceof JournalError) || error.code !== 'DATA_IN_USE') throw error
    throw new BackupError(
      `A server uses ${resolve(folder)} and takes no backups now: wait until it has started, look why in its log, or stop it.`,
    )
  }
}

function keptFiles(folder: string): KeptFiles {
  return new Map(KEPT.map((name) => [name, readFileSync(join(folder, name))]))
}

/** Gives the draft its name, which must be free to this moment, and waits until the disk has that too. */
function putInPlace(draft: string, target: string): void {
  try {
    linkSync(draft, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(target)
    throw error
  }
  const folder = openSync(dirname(target), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function exists(target: string): BackupError {
  return new BackupError(`${target} exists already: choose another name, or move it away.`)
}
