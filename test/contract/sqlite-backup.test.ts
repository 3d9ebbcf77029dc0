import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { checkBackup, finishBackup } from '../../server/journal/backup-file.ts'
import {
  appending,
  backUp,
  copy,
  data,
  FILES,
  fillUp,
  journals,
  open,
  path,
  restored,
  root,
  scribble,
  useBackupPlace,
} from './backup-place.ts'
import { code, mark, said } from './journal-subject.ts'

useBackupPlace()

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
    await grown(path('stopped'))
    stop.abort()
    await expect(stopped).rejects.toThrow('stopped')
    await expect(copy(journal, 'never', stop.signal)).rejects.toThrow()
    const closed = copy(journal, 'closed')
    await grown(path('closed'), 0)
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
    await grown(path('cut'))
    await Promise.all([expect(cut).rejects.toEqual(code('UNAVAILABLE')), worker.terminate()])
    expect(() => checkBackup(path('cut'))).toThrow(/not a backup|damaged/)
  })

  it('[Z3] has no byte of what was erased before it or while it was made', async () => {
    const journal = await open()
    const [before, kept] = ['before', 'kept']
    const during = Array.from({ length: 8 }, (_, n) => `during${n}`)
    const secret = (name: string) => `<<${name}>>`
    let expectedSeq = 0
    const write = async (name: string) => {
      const updates = [{ doc: name, update: new TextEncoder().encode(secret(name)) }]
      const events = [said(name, secret(name).padEnd(3000))]
      expectedSeq = await journal.append('s', { expectedSeq, events, updates })
    }
    const erase = async (name: string) => {
      expectedSeq = await journal.append('s', { expectedSeq, events: [], erase: [name], dropDocs: [name] })
    }
    await write(before)
    for (const name of during) await write(name)
    await write(kept)
    await fillUp(journal)
    await erase(before)
    // A copy may end before the erasure comes, and holds the text rightly then: tried again, with the next text.
    for (;;) {
      const name = during.shift()
      if (name === undefined) throw new Error('each copy ended before the erasure')
      const file = path(`without-${name}`)
      let ended = false
      const made = copy(journal, `without-${name}`).finally(() => {
        ended = true
      })
      while (!ended && !startOf(file).includes(secret(name))) await setImmediate()
      await erase(name)
      const meanwhile = !ended
      await made
      if (!meanwhile) continue
      finishBackup(file, { files: FILES, madeAt: 1 })
      const left = [...during, kept].map(secret).sort()
      expect(marks(file).sort()).toEqual(left)
      await restored(file)
      await journals.pop()?.close()
      expect(marks(path('restored')).sort()).toEqual(left)
      return
    }
  })

  /** Looks all the time: a copy takes a tenth of a second. */
  async function grown(file: string, size = 1e6): Promise<void> {
    while (!existsSync(file) || statSync(file).size < size) await setImmediate()
  }

  /** Where the first rows stand. */
  function startOf(file: string): Buffer {
    if (!existsSync(file)) return Buffer.alloc(0)
    const fd = openSync(file, 'r')
    const start = Buffer.alloc(1_000_000)
    const size = readSync(fd, start)
    closeSync(fd)
    return start.subarray(0, size)
  }

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
