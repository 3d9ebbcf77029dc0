import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkBackup, finishBackup } from '../../server/journal/backup-file.ts'
import type { Journal } from '../../server/journal/journal.ts'
import { restoreJournal } from '../../server/journal/restore.ts'
import { openSqliteJournal } from '../../server/journal/sqlite-journal.ts'
import { code, command, mark, said } from './journal-subject.ts'

const FILES = new Map([['secret', new Uint8Array(32).fill(7)]])

let root: string
let data: string
const journals: Journal[] = []
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'colloquy-backup-'))
  data = join(root, 'data')
})
afterEach(async () => {
  await Promise.all(journals.splice(0).map((journal) => journal.close()))
  rmSync(root, { recursive: true, force: true })
})

const path = (name: string) => join(root, name)

async function open(folder = data): Promise<Journal> {
  const journal = await openSqliteJournal({ folder })
  journals.push(journal)
  return journal
}

async function copy(journal: Journal, name: string, stop = new AbortController().signal): Promise<string> {
  await journal.copy?.(path(name), stop)
  return path(name)
}

/** A backup as the command line makes it. */
async function backUp(journal: Journal, name = 'backup'): Promise<string> {
  const made = await copy(journal, name)
  finishBackup(made, { files: FILES, madeAt: 1234 })
  return made
}

/** Restores into a new folder and opens what is there then. */
async function restored(backup: string, name = 'restored'): Promise<Journal> {
  checkBackup(backup)
  restoreJournal(path(name), backup, () => {})
  return open(path(name))
}

/** Some 40 MB: a copy takes many steps. */
async function fillUp(journal: Journal): Promise<void> {
  const body = randomBytes(20_000).toString('hex')
  for (let seq = 0; seq < 1000; seq++) {
    void journal.append('big', { expectedSeq: seq, events: [said(`c${seq}`, body)] })
  }
  await journal.load('big')
}

/** Appends one after the other until told to stop; resolves with the last position that was acknowledged. */
function appending(journal: Journal, stream: string) {
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

describe('a backup of an open journal', () => {
  it('[Z1] holds every append from before it, none by halves, while appends go on', async () => {
    const journal = await open()
    await fillUp(journal)
    const writers = ['s', 't'].map((stream) => ({ stream, ...appending(journal, stream) }))
    await expect.poll(() => writers.every((writer) => writer.now() > 10)).toBe(true)
    const before = writers.map((writer) => writer.now())
    const backup = await backUp(journal)
    const after = await Promise.all(writers.map((writer) => writer.stop()))
    const copied = await restored(backup)
    for (const [i, { stream }] of writers.entries()) {
      const { seq, events, docs } = await copied.load(stream)
      expect(seq).toBeGreaterThanOrEqual(before[i] ?? 0)
      expect(seq).toBeLessThanOrEqual(after[i] ?? 0)
      // They did go on.
      expect(after[i]).toBeGreaterThan((before[i] ?? 0) + 20)
      expect(events.map((stored) => stored.body)).toEqual(
        Array.from({ length: seq }, (_, n) => `text of c${n}`),
      )
      expect(docs.get('d')?.updates).toEqual(Array.from({ length: seq }, (_, n) => Uint8Array.of(n % 256)))
      expect(await copied.command(stream, 'ann', `k${seq}`)).not.toBeNull()
      expect(await copied.command(stream, 'ann', `k${seq + 1}`)).toBeNull()
    }
    expect((await copied.load('big')).seq).toBe(1000)
  })

  it('[Z1] begins also when it always comes in the middle of a write', async () => {
    const journal = await open()
    // As many as keep the thread busy without a pause.
    const writers = Array.from({ length: 30 }, (_, n) => appending(journal, `s${n}`))
    for (let n = 0; n < 30; n++) expect(statSync(await copy(journal, `copy${n}`)).size).toBeGreaterThan(4096)
    await Promise.all(writers.map((writer) => writer.stop()))
  })

  it('[Z2] is one file, which its owner alone may read', async () => {
    const journal = await open()
    await journal.append('s', { expectedSeq: 0, events: [mark('a')] })
    const backup = await backUp(journal)
    expect(readdirSync(root).sort()).toEqual(['backup', 'data'])
    expect(statSync(backup).mode & 0o777).toBe(0o600)
  })

  it('[Z2] that is stopped, or made while the journal closes, leaves no file', async () => {
    let journal = await open()
    await fillUp(journal)
    const stop = new AbortController()
    const stopped = copy(journal, 'stopped', stop.signal)
    await expect.poll(() => existsSync(path('stopped')) && statSync(path('stopped')).size > 1e6).toBe(true)
    stop.abort()
    await expect(stopped).rejects.toThrow('stopped')
    await expect(copy(journal, 'never', stop.signal)).rejects.toThrow()
    const closed = copy(journal, 'closed')
    await expect.poll(() => existsSync(path('closed'))).toBe(true)
    await Promise.all([expect(closed).rejects.toThrow('stopped'), journal.close()])
    expect(readdirSync(root)).toEqual(['data'])
    journal = await open()
    expect((await journal.load('big')).seq).toBe(1000)
  })

  it('[Z2] replaces no file, and a second one at the same time is refused', async () => {
    const journal = await open()
    await fillUp(journal)
    writeFileSync(path('there'), 'mine')
    await expect(copy(journal, 'there')).rejects.toThrow('EEXIST')
    expect(readFileSync(path('there'), 'utf8')).toBe('mine')
    const first = copy(journal, 'first')
    await expect(copy(journal, 'second')).rejects.toThrow('another copy is being made')
    await first
    expect(readdirSync(root).sort()).toEqual(['data', 'first', 'there'])
  })

  it('[Z2] its thread dies: the order is refused, and what was begun is no backup', async () => {
    const started = once(process, 'worker')
    const journal = await open()
    const [worker] = (await started) as [Worker]
    await fillUp(journal)
    const cut = copy(journal, 'cut')
    await expect.poll(() => existsSync(path('cut')) && statSync(path('cut')).size > 1e6).toBe(true)
    await Promise.all([expect(cut).rejects.toEqual(code('UNAVAILABLE')), worker.terminate()])
    expect(() => checkBackup(path('cut'))).toThrow(/not a backup|damaged/)
  })

  it('[Z3] has no byte of what was erased before it or while it was made', async () => {
    const journal = await open()
    const secret = (n: number) => `<<secret${n}>>`
    const update = (n: number) => ({ doc: `d${n}`, update: new TextEncoder().encode(secret(n)) })
    for (let n = 0; n < 3; n++) {
      const events = [said(`s${n}`, secret(n).padEnd(3000))]
      await journal.append('s', { expectedSeq: n, events, updates: [update(n)] })
    }
    await fillUp(journal)
    await journal.append('s', { expectedSeq: 3, events: [], erase: ['s0'], dropDocs: ['d0'] })
    const made = copy(journal, 'backup')
    await expect.poll(() => existsSync(path('backup')) && statSync(path('backup')).size > 1e6).toBe(true)
    expect(marks(path('backup'))).toContain(secret(1))
    await journal.append('s', { expectedSeq: 4, events: [], erase: ['s1'], dropDocs: ['d1'] })
    await made
    finishBackup(path('backup'), { files: FILES, madeAt: 1 })
    expect(marks(path('backup'))).toEqual([secret(2)])
    await restored(path('backup'))
    await journals.pop()?.close()
    expect(marks(path('restored'))).toEqual([secret(2)])
  })

  /** What stands between `<<` and `>>` in a file or a folder's files. */
  function marks(where: string): string[] {
    const { stdout } = spawnSync('grep', ['-raoh', '<<[a-z0-9]*>>', where], { encoding: 'utf8' })
    return [...new Set(stdout.split('\n').filter((line) => line !== ''))]
  }

  it('[Z5] of a damaged journal is not made', async () => {
    const journal = await open()
    await fillUp(journal)
    scribble(join(data, 'journal.db'), 5000, 2)
    const made = await copy(journal, 'backup')
    expect(() => finishBackup(made, { files: FILES, madeAt: 1 })).toThrow(/^The journal is damaged: /)
  })
})

/** Writes nonsense over some pages. */
function scribble(file: string, page: number, pages: number): void {
  const args = [`of=${file}`, 'if=/dev/urandom', 'bs=4096', `seek=${page}`, `count=${pages}`, 'conv=notrunc']
  execFileSync('dd', args, { stdio: 'ignore' })
}

describe('a restore', () => {
  it('[Z6] brings back all there was: events, texts, docs, boards, commands, labels, summaries, files', async () => {
    const journal = await open()
    const { epoch } = await journal.claim('s')
    const doc = { doc: 'd', update: Uint8Array.of(1, 2) }
    const batch = { events: [said('a'), mark('b')], updates: [doc], command: command('k', 'h', { ok: 1 }) }
    await journal.append('s', {
      expectedSeq: 0,
      epoch,
      ...batch,
      labels: { busy: true },
      summary: { title: 'T' },
    })
    await journal.snapshot('s', {
      expectedSeq: 1,
      epoch,
      state: { n: 1 },
      docs: [{ doc: 'd', state: doc.update }],
    })
    await journal.append('s', { expectedSeq: 1, epoch, events: [said('c')], updates: [doc], erase: ['a'] })
    await journal.append('team', { expectedSeq: 0, events: [mark('named')] })
    await journal.putBoard('s', 'board', Uint8Array.of(9))
    const backup = await backUp(journal)
    expect(checkBackup(backup)).toEqual({ madeAt: 1234, files: FILES })
    const back = await restored(backup)
    for (const stream of ['s', 'team']) {
      expect(await back.load(stream)).toEqual(await journal.load(stream))
      const all = { after: 0, limit: 10 }
      expect(await back.read(stream, all)).toEqual(await journal.read(stream, all))
    }
    expect(await back.labelled('busy')).toEqual([{ stream: 's', summary: { title: 'T' } }])
    expect(await back.command('s', 'ann', 'k')).toEqual({ hash: 'h', result: { ok: 1 } })
    expect(await back.board('s', 'board')).toEqual(Uint8Array.of(9))
    expect(await back.append('team', { expectedSeq: 1, events: [] })).toBe(2)
  })

  it('[Z7] what was acknowledged since may be lost: each owned stream says so until it is appended to', async () => {
    const journal = await open()
    for (const stream of ['released', 'held']) {
      const { epoch } = await journal.claim(stream)
      await journal.append(stream, { expectedSeq: 0, epoch, events: [mark('a')] })
      if (stream === 'released') await journal.release(stream, epoch)
    }
    const back = await restored(await backUp(journal))
    const inDoubt = { seq: 1, clean: false, mayHaveLost: true }
    for (const stream of ['released', 'held']) {
      const first = await back.claim(stream)
      expect(first).toMatchObject(inDoubt)
      await back.release(stream, first.epoch)
      const { epoch } = await back.claim(stream)
      expect(epoch).toMatch(/^3:/)
      // The append that begins anew is not there before it is durable.
      await expect(back.append(stream, { expectedSeq: 7, epoch, events: [] })).rejects.toEqual(
        code('CONFLICT'),
      )
      expect(await back.claim(stream)).toMatchObject(inDoubt)
      const last = await back.claim(stream)
      await back.append(stream, { expectedSeq: 1, epoch: last.epoch, events: [mark('rolled')] })
      await back.release(stream, last.epoch)
      expect(await back.claim(stream)).toMatchObject({ clean: true, mayHaveLost: false })
    }
    expect(await back.claim('new')).toMatchObject({ clean: true, mayHaveLost: false })
  })

  it('[Z5] takes nothing but a whole backup', async () => {
    const journal = await open()
    await fillUp(journal)
    await journal.append('s', { expectedSeq: 0, events: [said('w', 'these words')] })
    const half = path('half')
    await copy(journal, 'half')
    const backup = await backUp(journal)
    const bytes = readFileSync(backup)
    const damaged = (name: string, change: (copy: Buffer) => Buffer | undefined) => {
      const copied = Buffer.from(bytes)
      writeFileSync(path(name), change(copied) ?? copied)
      return path(name)
    }
    const refused = (file: string) => {
      try {
        checkBackup(file)
        return 'taken'
      } catch (error) {
        return (error as Error).message.replace(`${root}/`, '').replace(/:.*/s, ':')
      }
    }
    expect(refused(backup)).toBe('taken')
    expect(refused(half)).toBe('half is not a backup of Colloquy, or not a whole one.')
    expect(refused(damaged('empty', () => Buffer.alloc(0)))).toMatch(/^empty is not a backup/)
    expect(refused(damaged('text', () => Buffer.from('some words\n'.repeat(900))))).toMatch(
      /^text is not a backup/,
    )
    expect(refused(damaged('short', (all) => all.subarray(0, all.length - 4096)))).toMatch(
      /^short is damaged/,
    )
    expect(refused(damaged('shorter', (all) => all.subarray(0, 9000)))).toMatch(/^shorter is damaged/)
    // One bit of somebody's words: SQLite alone would not notice.
    const flipped = damaged('flipped', (all) => {
      const at = all.indexOf('these words')
      all.writeUInt8(all.readUInt8(at) ^ 1, at)
      return undefined
    })
    expect(refused(flipped)).toBe('flipped is damaged:')
    scribble(
      damaged('holed', () => undefined),
      700,
      20,
    )
    expect(refused(path('holed'))).toBe('holed is damaged:')
    expect(
      refused(
        changed(
          damaged('newer', () => undefined),
          'PRAGMA user_version = 99',
        ),
      ),
    ).toBe('newer is of another version (schema 99, this one restores 2).')
    const format = 'UPDATE backup_meta SET format = 9'
    expect(
      refused(
        changed(
          damaged('later', () => undefined),
          format,
        ),
      ),
    ).toMatch(/^later was made by a newer version/)
    const taken = 'DELETE FROM cells WHERE id = 5'
    expect(
      refused(
        changed(
          damaged('less', () => undefined),
          taken,
        ),
      ),
    ).toBe('less is damaged:')
  })

  function changed(file: string, sql: string): string {
    const db = new DatabaseSync(file)
    db.exec(sql)
    db.close()
    return file
  }

  it('[Z6] replaces no journal, and none that a server holds', async () => {
    const journal = await open()
    await journal.append('s', { expectedSeq: 0, events: [mark('a')] })
    const backup = await backUp(journal)
    expect(() => restoreJournal(data, backup, () => {})).toThrow(/^Another/)
    await journal.close()
    expect(() => restoreJournal(data, backup, () => {})).toThrow(
      /holds a journal already: move that folder away/,
    )
    expect((await (await open()).load('s')).seq).toBe(1)
  })

  it('[Z6] that fails at its end has put nothing in place, and works when it is tried again', async () => {
    const journal = await open()
    await fillUp(journal)
    const backup = await backUp(journal)
    const fail = () => {
      throw new Error('the secret could not be written')
    }
    expect(() => restoreJournal(path('restored'), backup, fail)).toThrow('the secret')
    const empty = await open(path('restored'))
    expect((await empty.load('big')).seq).toBe(0)
    await empty.close()
    expect((await (await restored(backup)).load('big')).seq).toBe(1000)
  })
})
