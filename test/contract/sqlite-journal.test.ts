import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Journal } from '../../server/journal/journal.ts'
import { openSqliteJournal } from '../../server/journal/sqlite-journal.ts'
import { journalContract } from './journal.ts'
import type { ChildMessage } from './sqlite-child.ts'

const CHILD = fileURLToPath(new URL('./sqlite-child.ts', import.meta.url))
const newFolder = () => mkdtempSync(join(tmpdir(), 'colloquy-journal-'))
const code = (value: string) => expect.objectContaining({ name: 'JournalError', code: value })

journalContract('SQLite journal', async () => {
  const folder = newFolder()
  const journal = await openSqliteJournal({ folder })
  let current = journal
  return {
    journal,
    async reopen() {
      await current.close()
      current = await openSqliteJournal({ folder })
      return current
    },
    async stop() {
      await current.close()
      rmSync(folder, { recursive: true })
    },
  }
})

describe('SQLite journal on its folder', () => {
  let folder: string
  const journals: Journal[] = []
  const children: ChildProcess[] = []
  beforeEach(() => {
    folder = newFolder()
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await Promise.all(journals.splice(0).map((journal) => journal.close()))
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(now: () => number = Date.now, died = () => {}): Promise<Journal> {
    const journal = await openSqliteJournal({ folder, now, died })
    journals.push(journal)
    return journal
  }

  /** @param blocks of 512 or 1024 bytes (the shell's choice) that a file of the child may have at most. */
  function startChild(job: string, blocks = 'unlimited'): ChildProcess {
    const args = ['-c', `ulimit -S -f ${blocks}; exec "$0" "$@"`, process.execPath, CHILD, folder, job]
    const child = spawn('sh', args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    children.push(child)
    return child
  }

  async function* messages(child: ChildProcess): AsyncGenerator<ChildMessage> {
    for await (const [message] of on(child, 'message', { close: ['disconnect'] }))
      yield message as ChildMessage
  }
  async function firstMessage(child: ChildProcess): Promise<ChildMessage> {
    const [message] = await once(child, 'message')
    return message as ChildMessage
  }

  /** The marks `<<…>>` that stand anywhere in the folder's files; read by another process, see openDatabase. */
  function marksOnDisk(): Set<string> {
    const { stdout } = spawnSync('grep', ['-raoh', '<<[a-z0-9]*>>', folder], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    return new Set(stdout.split('\n').filter((line) => line !== ''))
  }

  it('[JS1] a folder that a journal of this process holds is DATA_IN_USE until that is closed', async () => {
    const journal = await open()
    await expect(open()).rejects.toEqual(code('DATA_IN_USE'))
    await journal.append('s', { expectedSeq: 0, events: [] })
    await journal.close()
    expect((await (await open()).load('s')).seq).toBe(1)
  })

  it('[JS2] a folder that another process holds is DATA_IN_USE until that is dead', async () => {
    const child = startChild('hold')
    expect(await firstMessage(child)).toEqual({ opened: true })
    await expect(open()).rejects.toEqual(code('DATA_IN_USE'))
    child.kill('SIGKILL')
    await once(child, 'exit')
    await open()
    expect(await firstMessage(startChild('hold'))).toEqual({ refused: 'DATA_IN_USE' })
  })

  it('[JS3] after a SIGKILL every acknowledged append is there, and none by halves', async () => {
    for (const kills of [1, 40, 150, 333]) {
      const child = startChild('write')
      const acknowledged = new Map<string, number>()
      let heard = 0
      for await (const message of messages(child)) {
        if (!('stream' in message)) continue
        acknowledged.set(message.stream, message.seq)
        heard += 1
        if (heard === kills) child.kill('SIGKILL')
      }
      const journal = await openSqliteJournal({ folder })
      for (const [stream, seq] of acknowledged) await expectWhole(journal, stream, seq)
      await journal.close()
    }
  })

  async function expectWhole(journal: Journal, stream: string, atLeast: number): Promise<void> {
    const { seq, events, docs } = await journal.load(stream)
    expect(seq).toBeGreaterThanOrEqual(atLeast)
    const seqs = Array.from({ length: seq }, (_, n) => n + 1)
    expect(events.map((stored) => [stored.seq, stored.body])).toEqual(
      seqs.flatMap((n) => [
        [n, `a of ${n}`],
        [n, `b of ${n}`.repeat(200)],
      ]),
    )
    expect(docs.get('d')?.updates).toEqual(seqs.map((n) => Uint8Array.of(n % 256)))
    expect(await journal.command(stream, 'ann', `k${seq}`)).toEqual({ hash: `${seq}`, result: seq })
    expect(await journal.command(stream, 'ann', `k${seq + 1}`)).toBeNull()
  }

  it.runIf(process.platform === 'linux')(
    '[JS4] a full disk answers UNAVAILABLE; with room again the same journal goes on',
    async () => {
      const child = startChild('fill', '1000')
      const heard: ChildMessage[] = []
      for await (const message of messages(child)) {
        heard.push(message)
        const small = heard.some((earlier) => 'stream' in earlier)
        if (!('refused' in message) || !small) continue
        execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:'])
        child.send('go on')
      }
      const acknowledged = heard.flatMap((message) => ('stream' in message ? [message.seq] : []))
      const last = acknowledged.length
      expect(last).toBeGreaterThan(10)
      expect(acknowledged).toEqual(Array.from({ length: last }, (_, n) => n + 1))
      expect(heard[1]).toEqual({ refused: 'UNAVAILABLE' })
      expect(heard.slice(-2)).toEqual([{ refused: 'UNAVAILABLE' }, { stream: 's', seq: last }])
      const { seq, events } = await (await open()).load('s')
      expect(seq).toBe(last)
      expect(events.map(({ body }) => Number(body))).toEqual(acknowledged.map((n) => n - 1))
    },
  )

  it('[JS5] erased text is in no file of the folder once the append resolves', async () => {
    const journal = await open()
    const secret = '<<secret>>'
    const update = new TextEncoder().encode(secret)
    for (const [n, size] of [10, 3000, 20_000].entries()) {
      const events = [{ event: { type: 'said', at: 1, cell: `c${n}` }, body: secret.padEnd(size) }]
      await journal.append('s', { expectedSeq: n, events, updates: [{ doc: 'd', update }] })
    }
    await journal.snapshot('s', { expectedSeq: 3, state: {}, docs: [{ doc: 'd', state: update }] })
    expect(marksOnDisk()).toEqual(new Set([secret]))
    await journal.append('s', { expectedSeq: 3, events: [], erase: ['c0', 'c1', 'c2'], dropDocs: ['d'] })
    expect(marksOnDisk()).toEqual(new Set())
  })

  it('[JS6] erased text left no copy behind while rows around it came and went', async () => {
    const journal = await open()
    const kept = new Set<string>()
    const next = generator(20_261_123)
    const calls: Promise<unknown>[] = []
    for (let seq = 0; seq < 3000; seq++) {
      const cell = `m${seq}`
      const body = `<<${cell}>>`.repeat(1 + next(next(10) === 0 ? 900 : 60))
      const doc = `d${next(40)}`
      const old = [...kept][next(kept.size)] ?? ''
      const erase = next(3) > 0 ? [old] : []
      kept.add(cell)
      for (const erased of erase) kept.delete(erased)
      const events = [{ event: { type: 'said', at: 1, cell }, body }]
      const updates = [{ doc, update: new TextEncoder().encode(body.replaceAll('m', 'u')) }]
      const dropDocs = next(20) === 0 ? [doc] : []
      calls.push(journal.append('s', { expectedSeq: seq, events, updates, erase, dropDocs }))
      const state = {
        expectedSeq: seq + 1,
        state: {},
        docs: [{ doc, state: new TextEncoder().encode('<<u>>') }],
      }
      if (next(10) === 0) calls.push(journal.snapshot('s', state))
    }
    await Promise.all(calls)
    expect(marksOnDisk()).toEqual(new Set([...kept].map((cell) => `<<${cell}>>`)))
  })

  it('[JS7] the key of a dropped doc is in no file either: stray copies of the doc cannot be read', async () => {
    let journal = await open()
    await journal.append('s', {
      expectedSeq: 0,
      events: [],
      updates: [{ doc: 'd', update: Uint8Array.of(1) }],
    })
    await journal.close()
    const key = query('SELECT key FROM docs')[0]?.key
    if (!(key instanceof Uint8Array)) throw new Error('the doc has no key')
    expect(filesAsBytes().includes(Buffer.from(key))).toBe(true)
    journal = await open()
    await journal.append('s', { expectedSeq: 1, events: [], dropDocs: ['d'] })
    expect(filesAsBytes().includes(Buffer.from(key))).toBe(false)
  })

  /** Read by another process, see openDatabase. */
  function filesAsBytes(): Buffer {
    return execFileSync('sh', ['-c', 'cat "$0"/*', folder])
  }

  it('[JS8] a command is forgotten after 30 days, also by a journal that stays open', async () => {
    const day = 86_400_000
    let now = 1_700_000_000_000
    const append = async (journal: Journal, commandId: string) => {
      const { seq } = await journal.load('s')
      const command = { userId: 'ann', commandId, hash: 'h', result: now }
      return journal.append('s', { expectedSeq: seq, events: [], command })
    }
    let journal = await open(() => now)
    await append(journal, 'old')
    now += 30 * day - 1
    await append(journal, 'young')
    expect(await journal.command('s', 'ann', 'old')).not.toBeNull()
    now += 1
    expect(await journal.command('s', 'ann', 'old')).toBeNull()
    await append(journal, 'old')
    expect(await journal.command('s', 'ann', 'old')).toEqual({ hash: 'h', result: now })
    now += 30 * day - 1
    await append(journal, 'third')
    await journal.close()
    expect(commandsOnDisk()).toEqual(['old', 'third'])
    now += 40 * day
    journal = await open(() => now)
    await journal.close()
    expect(commandsOnDisk()).toEqual([])
  })

  function commandsOnDisk(): unknown[] {
    return query('SELECT command_id FROM commands ORDER BY command_id').map((row) => row.command_id)
  }

  /** Asks the database itself, while no journal holds it. */
  function query(sql: string): Record<string, unknown>[] {
    const db = new DatabaseSync(join(folder, 'journal.db'))
    try {
      return db.prepare(sql).all()
    } finally {
      db.close()
    }
  }

  it('[JS9] what is under way when the thread dies rejects with UNAVAILABLE, and the folder is free', async () => {
    const started = once(process, 'worker')
    let told = 0
    const journal = await open(Date.now, () => {
      told++
    })
    const [worker] = (await started) as [Worker]
    await journal.append('s', { expectedSeq: 0, events: [] })
    const died = worker.terminate()
    await expect(journal.load('s')).rejects.toEqual(code('UNAVAILABLE'))
    await died
    await expect(journal.load('s')).rejects.toEqual(code('UNAVAILABLE'))
    await journal.close()
    expect((await (await open()).load('s')).seq).toBe(1)
    expect(told).toBe(1)
  })

  it('[JS10] a file of a newer version, or of something else, is refused by name', async () => {
    const path = join(folder, 'journal.db')
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 99')
    db.close()
    await expect(open()).rejects.toThrow(/journal\.db was written by a newer version \(schema 99/)
    await expect(open()).rejects.toEqual(code('UNAVAILABLE'))
    rmSync(path)
    execFileSync('sh', ['-c', 'yes nonsense | head -c 9000 > "$0"', path])
    await expect(open()).rejects.toEqual(code('UNAVAILABLE'))
  })

  it('[JS11] a claim never says that writes may have been lost', async () => {
    const journal = await open()
    expect((await journal.claim('s')).mayHaveLost).toBe(false)
    expect((await journal.claim('s')).mayHaveLost).toBe(false)
  })

  it('[JS12] a value that cannot be stored is refused alone; the calls around it go on', async () => {
    const journal = await open()
    const settled = await Promise.allSettled([
      journal.append('s', { expectedSeq: 0, events: [{ event: { type: 'a', at: 1 } }] }),
      journal.append('s', {
        expectedSeq: 1,
        events: [{ event: { type: 'b', at: 1 }, body: 'without a cell' }],
      }),
      journal.append('s', { expectedSeq: 1, events: [], summary: () => 'no JSON' }),
      journal.append('s', { expectedSeq: 1, events: [], summary: 1n }),
      journal.append('s', { expectedSeq: 1, events: [{ event: { type: 'c', at: 1 } }] }),
    ])
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.name))).toEqual([
      1,
      'Error',
      'DataCloneError',
      'Error',
      2,
    ])
  })
})

/** A small deterministic source of whole numbers below a bound. */
function generator(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % Math.max(1, bound)
  }
}
