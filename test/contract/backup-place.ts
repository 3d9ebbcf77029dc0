import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { checkBackup, finishBackup } from '../../server/journal/backup-file.ts'
import type { Journal } from '../../server/journal/journal.ts'
import { restoreJournal } from '../../server/journal/restore.ts'
import { openSqliteJournal } from '../../server/journal/sqlite-journal.ts'
import { command, said } from './journal-subject.ts'

export const FILES = new Map([['secret', new Uint8Array(32).fill(7)]])

export let root: string
export let data: string
export const journals: Journal[] = []
/** A folder of its own for each test around; every journal opened in it is closed. */
export function useBackupPlace(): void {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'colloquy-backup-'))
    data = join(root, 'data')
  })
  afterEach(async () => {
    await Promise.all(journals.splice(0).map((journal) => journal.close()))
    rmSync(root, { recursive: true, force: true })
  })
}

export const path = (name: string) => join(root, name)

export async function open(folder = data): Promise<Journal> {
  const journal = await openSqliteJournal({ folder })
  journals.push(journal)
  return journal
}

export async function copy(
  journal: Journal,
  name: string,
  stop = new AbortController().signal,
): Promise<string> {
  await journal.copy?.(path(name), stop)
  return path(name)
}

/** A backup as the command line makes it. */
export async function backUp(journal: Journal, name = 'backup'): Promise<string> {
  const made = await copy(journal, name)
  finishBackup(made, { files: FILES, madeAt: 1234 })
  return made
}

/** Restores into a new folder and opens what is there then. */
export async function restored(backup: string, name = 'restored'): Promise<Journal> {
  checkBackup(backup)
  restoreJournal(path(name), backup, () => {})
  return open(path(name))
}

/** Some 40 MB: a copy takes many steps. */
export async function fillUp(journal: Journal): Promise<void> {
  const body = randomBytes(20_000).toString('hex')
  for (let seq = 0; seq < 1000; seq++) {
    void journal.append('big', { expectedSeq: seq, events: [said(`c${seq}`, body)] })
  }
  await journal.load('big')
}

/** Appends one after the other until told to stop; resolves with the last position that was acknowledged. */
export function appending(journal: Journal, stream: string) {
  let running = true
  let acknowledged = 0
  const ended = (async () => {
    while (running) {
      const cell = `c${acknowledged}`
      const docs = [{ doc: 'd', update: Uint8Array.of(acknowledged % 256) }]
      const batch = { events: [said(cell)], updates: docs, command: command(`k${acknowledged + 1}`) }
      acknowledged = await journal.append(stream, { expectedSeq: acknowledged, ...batch })
    }
    return acknowledged
  })()
  return {
    now: () => acknowledged,
    stop() {
      running = false
      return ended
    },
  }
}

/** Writes nonsense over some pages. */
export function scribble(file: string, page: number, pages: number): void {
  const args = [`of=${file}`, 'if=/dev/urandom', 'bs=4096', `seek=${page}`, `count=${pages}`, 'conv=notrunc']
  execFileSync('dd', args, { stdio: 'ignore' })
}
