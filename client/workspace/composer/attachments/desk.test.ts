import { ColloquyError } from '@colloquy/client'
import type { Resource, Upload } from '@colloquy/client/team'
import { expect, it, vi } from 'vitest'
import { Desk, MOST } from './desk.ts'

const file = (name: string, text = 'x', type = 'text/plain') => new File([text], name, { type })

const until = (holds: () => boolean) => vi.waitFor(() => expect(holds()).toBe(true))

/** A desk before a server that answers when it is told to. */
function desk(kept: string | null = null) {
  const sent: { id: string; upload: Upload; end: (error?: unknown) => void }[] = []
  const told: string[] = []
  const readers: [string, unknown][] = []
  const removed: string[] = []
  let json = kept
  let ids = 0
  const missing = new Set<string>()
  const made = new Desk({
    sessionId: 's1',
    newId: () => `${ids++}`,
    tell: (text) => told.push(text),
    kept: {
      read: () => json,
      write: (next) => {
        json = next
      },
    },
    workspace: {
      uploadResource: (id, _file, upload) =>
        new Promise((resolve, reject) => {
          const end = (error?: unknown) => (error ? reject(error) : resolve({ id: `${id}-r` } as Resource))
          upload.signal?.addEventListener('abort', () => reject(new ColloquyError('CLOSED', 'stopped')))
          sent.push({ id, upload, end })
        }),
      setReaders: async (id, audience) => {
        if (missing.has(id)) throw new ColloquyError('NOT_FOUND', 'gone')
        readers.push([id, audience])
        return { id } as Resource
      },
      removeResource: async (id) => {
        removed.push(id)
      },
    },
  })
  const states = () => made.items.read().map(({ state }) => state)
  return { made, sent, told, readers, removed, missing, states, kept: () => json }
}

it('[U51] is put for its author alone, three at a time, and told how far it is', async () => {
  const { made, sent, states } = desk()
  made.add(['a', 'b', 'c', 'd'].map((name) => file(`${name}.txt`)))
  expect(states()).toEqual(['sending', 'sending', 'sending', 'waiting'])
  expect(sent[0]?.upload).toMatchObject({ sessionId: 's1', audience: [], title: 'a.txt', format: 'text' })
  sent[0]?.upload.onProgress?.(0.5)
  expect(made.items.read()[0]).toMatchObject({ state: 'sending', share: 0.5 })
  sent[0]?.end()
  await until(() => states()[3] === 'sending')
  expect(states()).toEqual(['ready', 'sending', 'sending', 'sending'])
})

it('[U51] lets the readers of the prompt have it when it is sent, and not before', async () => {
  const { made, sent, readers, states, kept } = desk()
  made.add([file('a.txt')])
  sent[0]?.end()
  await until(() => states()[0] === 'ready')
  expect(readers).toEqual([])
  const attached = await made.handOver(['bo'])
  expect([attached, readers]).toEqual([[{ id: 'a-1-r', title: 'a.txt' }], [['a-1-r', ['bo']]]])
  expect([made.items.read(), kept()]).toEqual([[], null])
  made.giveBack(attached)
  made.giveBack(attached)
  expect(made.items.read()).toMatchObject([{ state: 'ready', id: 'a-1-r', title: 'a.txt' }])
})

it('[U51] is still there when its readers could not be set', async () => {
  const { made, sent, missing, states } = desk()
  made.add([file('a.txt')])
  sent[0]?.end()
  await until(() => states()[0] === 'ready')
  missing.add('a-1-r')
  await expect(made.handOver('everyone')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(made.items.read()).toMatchObject([{ state: 'failed', problem: 'That is no longer there.' }])
})

it('[U52] of two hundred files twenty are taken, and one sentence tells of the rest', () => {
  const { made, told, sent } = desk()
  made.add(Array.from({ length: 200 }, (_, i) => file(`${i}.txt`)))
  expect([made.items.read().length, sent.length]).toEqual([MOST, 3])
  made.add([file('one.txt')])
  expect(told).toEqual([
    'At most 20 files go along with a prompt: 180 files were left out.',
    'At most 20 files go along with a prompt: one file was left out.',
  ])
})

it('[U52] what fails says why; another try is offered where it may help', async () => {
  const { made, sent, states } = desk()
  made.add([file('a.txt'), file('b.pdf'), file('c.png', 'x', 'image/png')])
  sent[0]?.end(new ColloquyError('OFFLINE', 'away'))
  sent[1]?.end(new ColloquyError('UNREADABLE_FILE', 'locked', { details: { why: 'ENCRYPTED' } }))
  await until(() => states().every((state) => state === 'failed'))
  expect(made.items.read().map(({ problem, retriable }) => [problem, retriable])).toEqual([
    ['The server cannot be reached.', true],
    ['This PDF is locked with a password.', false],
    ['Only texts and PDFs can be attached.', false],
  ])
  made.retry(made.items.read()[0]?.key ?? '')
  sent[2]?.end()
  await until(() => states()[0] === 'ready')
})

it('[U52] what is taken away is stopped, and removed where it had got there', async () => {
  const { made, sent, removed, states } = desk()
  made.add([file('a.txt'), file('b.txt')])
  sent[1]?.end()
  await until(() => states()[1] === 'ready')
  for (const { key } of made.items.read()) made.remove(key)
  expect([made.items.read(), removed, sent[0]?.upload.signal?.aborted]).toEqual([[], ['a-3-r'], true])
})

it('[U52] a reload keeps what had got there, and tells of the rest', async () => {
  const before = desk()
  before.made.add([file('a.txt'), file('b.txt')])
  before.sent[0]?.end()
  await until(() => before.states()[0] === 'ready')
  const { made } = desk(before.kept())
  expect(made.items.read()).toMatchObject([
    { title: 'a.txt', state: 'ready', id: 'a-2-r', size: 1 },
    { title: 'b.txt', state: 'failed', retriable: false },
  ])
})

it('[U53] a hostile name is one short line', () => {
  const { made } = desk()
  made.add([file(`a\u202e\n${'😀'.repeat(200)}.txt`), file('\u200b')])
  const [first, second] = made.items.read()
  expect(first?.title.startsWith('a😀')).toBe(true)
  expect([first?.title.isWellFormed(), (first?.title.length ?? 0) <= 200]).toEqual([true, true])
  expect(second?.title).toBe('Nameless')
})
