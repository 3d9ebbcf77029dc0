import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RESULT_LENGTH } from '@colloquy/shared'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FaultyJournal } from '../../test/kit/faulty-journal.ts'
import { asker } from '../../test/kit/people.ts'
import { openWorkspaceStream, WORKSPACE_STREAM } from '../access/workspace-stream.ts'
import type { Journal } from '../journal/journal.ts'
import { openSqliteJournal } from '../journal/sqlite-journal.ts'
import { createNoteTools } from './notes.ts'
import type { Tool } from './tool.ts'

let folder: string
let journal: Journal
let now = 0
const faulty = new FaultyJournal()
const clock = { now: () => now, after: () => () => {} }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'colloquy-notes-'))
  journal = faulty.wrap(await openSqliteJournal({ folder }))
  now = Date.parse('2026-11-24T10:00:00Z')
})
afterEach(async () => {
  await journal.close()
  await rm(folder, { recursive: true })
})

const by = (key: string, userId = 'ann') => ({
  ...{
    key,
    principal: { userId, name: userId },
    readers: { audience: 'everyone' as const },
    sessionId: 's_1',
    signal: new AbortController().signal,
  },
})

/** The tools as one more process on the same journal has them. */
async function open() {
  const [read, append] = createNoteTools(await openWorkspaceStream(journal, clock), clock)
  const call = (tool: Tool | undefined, args: unknown, context = by('k')) =>
    tool?.run(tool.input.parse(args), context) as Promise<Record<string, unknown>>
  return {
    read: (args = {}) => call(read, args),
    append: (key: string, args: object, userId?: string) => call(append, args, by(key, userId)),
    takes: (args: object) => append?.input.safeParse(args).success,
  }
}

/** As many notes, or pieces of one, as `names` has, without a wait for each. */
async function fill(names: readonly string[], text: string) {
  const position = (await journal.read(WORKSPACE_STREAM, { after: 0, limit: 9 })).at(-1)?.seq ?? 0
  const created = { type: 'workspace.created', at: now, workspaceId: 'default', name: 'Colloquy' }
  const events = names.map((note, i) => {
    const cell = `cell${i}`
    const grown = { note, audience: 'everyone', by: 'ann', cell, length: text.length }
    return { event: { type: 'note.appended', at: now + i, ...grown }, body: text }
  })
  await journal.append(WORKSPACE_STREAM, { expectedSeq: position, events: [{ event: created }, ...events] })
}

it('[N1] what is appended to a note is read by name, after a restart too, each piece on a line of its own', async () => {
  const { append, read } = await open()
  expect(await append('k1', { name: ' plan ', text: 'Buy wood' })).toEqual({ name: 'plan', length: 8 })
  now += 1000
  expect(await append('k2', { name: 'plan', text: 'Paint\n it ☃😀' }, 'bo')).toEqual({
    ...{ name: 'plan', length: 22 },
  })
  const note = {
    ...{ name: 'plan', length: 22, updatedAt: '2026-11-24T10:00:01.000Z' },
    text: 'Buy wood\nPaint\n it ☃😀',
  }
  expect(await read({ name: 'plan' })).toEqual(note)
  expect(await (await open()).read({ name: 'plan' })).toEqual(note)
})

it('[N2] without a name the notes are listed, those that grew last first, at most 200 and how many more', async () => {
  await fill(
    Array.from({ length: 230 }, (_, i) => `${i}`.padEnd(100, '"')),
    'x',
  )
  const { read, append } = await open()
  await append('k', { name: 'newest', text: 'x' })
  now += 1000
  await append('k2', { name: 'newest', text: 'x' })
  const listed = await read()
  expect(listed).toMatchObject({ more: 31 })
  const notes = listed.notes as object[]
  expect(notes).toHaveLength(200)
  expect(notes[0]).toEqual({ name: 'newest', length: 3, updatedAt: '2026-11-24T10:00:01.000Z' })
  expect(JSON.stringify(listed).length).toBeLessThan(RESULT_LENGTH)
})

it('[N2] where there are none it says so, and a name that none has is an error that says what to do', async () => {
  const { read, append } = await open()
  expect(await read()).toEqual({ notes: [] })
  await expect(read({ name: 'plan' })).rejects.toThrow('There is no note with this name. There are none yet.')
  await append('k', { name: 'a', text: 'x' })
  await expect(read({ name: 'plan' })).rejects.toThrow('There are 1: read without a name lists them.')
})

it('[N3] a call appends once for its key, also at the same time, in two processes, and after a lost answer', async () => {
  const [one, two] = [await open(), await open()]
  const asked = [one, one, two].map(({ append }) => append('k1', { name: 'plan', text: 'wood' }))
  expect(await Promise.all(asked)).toEqual(Array(3).fill({ name: 'plan', length: 4 }))
  expect(await one.append('k1', { name: 'plan', text: 'wood' }, 'bo')).toEqual({ name: 'plan', length: 9 })
  faulty.fault = 'writes and does not say so'
  const paint = { name: 'plan', text: 'paint' }
  await expect(two.append('k2', paint)).rejects.toMatchObject({ name: 'ToolError', uncertain: true })
  faulty.fault = 'none'
  expect(await two.append('k2', paint)).toEqual({ name: 'plan', length: 15 })
  expect(await (await open()).append('k2', paint)).toEqual({ name: 'plan', length: 15 })
  expect(await one.read({ name: 'plan' })).toMatchObject({ text: 'wood\nwood\npaint' })
})

it('[N4] two processes that append at once both get through, and each reads what the other wrote', async () => {
  const [one, two] = [await open(), await open()]
  await Promise.all(
    [one, two].flatMap(({ append }, p) =>
      [1, 2, 3].map((n) => append(`${p}${n}`, { name: 'n', text: `${p}${n}` })),
    ),
  )
  const { text } = await one.read({ name: 'n' })
  expect(String(text).split('\n').sort()).toEqual(['01', '02', '03', '11', '12', '13'])
  expect(await two.read({ name: 'n' })).toMatchObject({ text })
})

it('[N5] names that objects have of themselves are names like others', async () => {
  const { append, read } = await open()
  for (const name of ['constructor', '__proto__', 'toString']) {
    await expect(read({ name })).rejects.toThrow('There is no note')
    expect(await append(name, { name, text: name })).toEqual({ name, length: name.length })
    expect(await read({ name })).toMatchObject({ name, text: name })
  }
  expect((await read()).notes).toHaveLength(3)
})

it('[N6] a name has 1 to 100 characters and a text 1 to 16,000, none of them a control character', async () => {
  const { takes } = await open()
  for (const args of [
    ...['', '  ', 'x'.repeat(101), 'a\nb', 'a\0', 'a\u202eb', '\ud800'].map((name) => ({ name, text: 'x' })),
    ...['', 'x'.repeat(16_001), 'a\0b', '\u0007', '\udc00'].map((text) => ({ name: 'n', text })),
    { name: 'n' },
    { name: 'n', text: 'x', audience: ['bo'] },
  ]) {
    expect(takes(args), JSON.stringify(args).slice(0, 60)).toBe(false)
  }
  expect(takes({ name: `${'x'.repeat(100)} `, text: `${'x'.repeat(15_996)}\t\r\n😀`.slice(0, 16_000) })).toBe(
    false,
  )
  expect(takes({ name: `${'x'.repeat(100)} `, text: `${'x'.repeat(15_995)}\t\r\n😀` })).toBe(true)
})

it('[N6] a note has at most 1,000,000 characters and a workspace 1,000 notes: beyond, nothing is appended', async () => {
  await fill(Array(62).fill('long'), 'x'.repeat(16_000))
  const { append, read } = await open()
  const length = 62 * 16_001 - 1
  await append('k1', { name: 'long', text: 'y'.repeat(1_000_000 - length - 1) })
  await expect(append('k2', { name: 'long', text: 'z' })).rejects.toThrow(
    'The note would have more than 1,000,000 characters: begin another one.',
  )
  expect(await read({ name: 'long' })).toMatchObject({ length: 1_000_000 })
})

it('[N6] a workspace with 1,000 notes takes no other; those it has still grow', async () => {
  await fill(
    Array.from({ length: 1000 }, (_, i) => `n${i}`),
    'x',
  )
  const { append } = await open()
  const refused = append('k1', { name: 'one more', text: 'x' })
  await expect(refused).rejects.toMatchObject({ name: 'ToolError', uncertain: false })
  await expect(refused).rejects.toThrow('The workspace has 1,000 notes already: add to one of them.')
  expect(await append('k1', { name: 'n7', text: 'x' })).toMatchObject({ length: 3 })
})

it('[N7] of a long note its last 32,000 characters are read, which fit in a result, and it says that it is cut', async () => {
  await fill(Array(3).fill('long'), `${'"'.repeat(15_997)}😀"`)
  const { read, append } = await open()
  const whole = `${`${'"'.repeat(15_997)}😀"\n`.repeat(3)}end`
  await append('k', { name: 'long', text: 'end' })
  const result = await read({ name: 'long' })
  expect(whole.endsWith(String(result.text))).toBe(true)
  expect(String(result.text)).toHaveLength(32_000)
  expect(result.cut).toBe(`The first ${whole.length - 32_000} characters are left out.`)
  expect(JSON.stringify(result).length).toBeLessThan(RESULT_LENGTH)
})

it('[N7] the cut does not go through a character', async () => {
  const { read, append } = await open()
  await append('k4', { name: 'm', text: 'a😀' })
  await append('k5', { name: 'm', text: 'y'.repeat(15_999) })
  await append('k6', { name: 'm', text: 'y'.repeat(15_998) })
  const cut = String((await read({ name: 'm' })).text)
  expect([cut.length, cut.isWellFormed(), cut[0]]).toEqual([31_999, true, '\n'])
})

it('[N8] a person consents to each append, as everybody may read it; a reading is safe', async () => {
  const [read, append] = createNoteTools(await openWorkspaceStream(journal, clock), clock)
  expect(append).toMatchObject({ name: 'notes.append', effect: 'write', replay: 'keyed', approver: 'author' })
  expect(read).toMatchObject({ name: 'notes.read', effect: 'read', replay: 'safe' })
  expect(read).not.toHaveProperty('approver')
  expect([read, append].map((tool) => tool?.audience({}, asker()))).toEqual(['everyone', 'everyone'])
})

it('[N9] what notes say stands in erasable cells alone', async () => {
  const { append } = await open()
  await append('k', { name: 'n', text: 'a secret' })
  const events = await journal.read(WORKSPACE_STREAM, { after: 0, limit: 9 })
  expect(JSON.stringify(events.map(({ event }) => event))).not.toContain('a secret')
  expect(events.at(-1)?.body).toBe('a secret')
  expect(await journal.command(WORKSPACE_STREAM, 'ann', 'k')).not.toHaveProperty('result.text')
})
