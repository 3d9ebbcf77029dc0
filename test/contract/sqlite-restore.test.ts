import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { checkBackup } from '../../server/journal/backup-file.ts'
import { restoreJournal } from '../../server/journal/restore.ts'
import {
  backUp,
  copy,
  data,
  FILES,
  fillUp,
  open,
  path,
  restored,
  root,
  scribble,
  useBackupPlace,
} from './backup-place.ts'
import { code, command, mark, said } from './journal-subject.ts'

useBackupPlace()

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
