import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Journal } from '../../server/journal/journal.ts'
import { openSqliteJournal } from '../../server/journal/sqlite-journal.ts'
import { code, mark, said } from './journal-subject.ts'

const PAGE = 4096

let folder: string
let file: string
const journals: Journal[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colloquy-damage-'))
  file = join(folder, 'journal.db')
})
afterEach(async () => {
  await Promise.all(journals.splice(0).map((journal) => journal.close()))
  rmSync(folder, { recursive: true, force: true })
})

async function open(): Promise<Journal> {
  const journal = await openSqliteJournal({ folder })
  journals.push(journal)
  return journal
}

/** Nine texts, each on some three hundred pages of its own: not all of them fit in memory. */
async function filled(): Promise<Journal> {
  const journal = await open()
  for (let seq = 0; seq < 9; seq++) {
    const text = `<<text ${seq}>>`.repeat(30 * PAGE)
    await journal.append('s', { expectedSeq: seq, events: [said(`c${seq}`, text)] })
  }
  return journal
}

/** Writes nonsense over some pages; in another process, see openDatabase. */
function scribble(page: number, pages: number): void {
  const args = [`of=${file}`, 'if=/dev/urandom', `bs=${PAGE}`, `seek=${page}`, `count=${pages}`]
  execFileSync('dd', [...args, 'conv=notrunc'], { stdio: 'ignore' })
}

describe('a journal file that is not whole', () => {
  it.each<[string, () => void]>([
    ['cut in the middle', () => truncateSync(file, Math.floor(statSync(file).size / PAGE / 2) * PAGE)],
    ['cut at its last page', () => truncateSync(file, statSync(file).size - PAGE)],
    ['cut after its header', () => truncateSync(file, 100)],
    ['overwritten at its second page', () => scribble(1, 1)],
    ['overwritten in the middle', () => scribble(900, 900)],
  ])('[JS13] %s: is refused with what to do', async (_, damage) => {
    await (await filled()).close()
    damage()
    const refused = open()
    await expect(refused).rejects.toEqual(code('UNAVAILABLE'))
    await expect(refused).rejects.toThrow(
      /^The journal .*journal\.db .*damaged: move the data folder away and/,
    )
  })

  it('[JS10] so is what is no journal: nonsense, a folder, another program’s database', async () => {
    writeFileSync(file, randomBytes(9000))
    await expect(open()).rejects.toThrow(/journal\.db cannot be used: it is no journal of Colloquy\.$/)
    rmSync(file)
    mkdirSync(file)
    await expect(open()).rejects.toThrow(
      /journal\.db cannot be used: this user may not .* or it is no file\.$/,
    )
    rmSync(file, { recursive: true })
    const other = new DatabaseSync(file)
    other.exec('CREATE TABLE birds (name TEXT)')
    other.close()
    await expect(open()).rejects.toThrow(/journal\.db is no journal of Colloquy\.$/)
  })
})

it('[JS14] pages that go bad while it runs fail the calls that need them alone, and at the next start all', async () => {
  await (await filled()).close()
  const journal = await open()
  await journal.append('t', { expectedSeq: 0, events: [mark('a')] })
  const found = execFileSync('grep', ['-abo', '<<text 1>>', file], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  }).split('\n')
  scribble(Math.floor(Number(found[15 * PAGE]?.split(':')[0]) / PAGE), 1)
  const text = (cell: string) => journal.bodies('s', [cell])
  const settled = await Promise.allSettled([
    journal.append('t', { expectedSeq: 1, events: [mark('b')] }),
    text('c1'),
    journal.load('s'),
    journal.append('t', { expectedSeq: 2, events: [mark('c')] }),
    text('c8'),
  ])
  expect(settled.map((each) => each.status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  await expect(text('c1')).rejects.toEqual(code('UNAVAILABLE'))
  expect((await journal.load('t')).seq).toBe(3)
  await journal.close()
  await expect(open()).rejects.toThrow('is damaged')
})
