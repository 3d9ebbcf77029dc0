import type { Message } from '@colloquy/client'
import { expect, it } from 'vitest'
import { timeOf } from '../parts/times.ts'
import { entryName, narrowedWords, sharedWords } from './entry-words.ts'

const ana = { id: 'ana', name: 'Ana' }
const bo = { id: 'bo', name: 'B\u202eo' }

function entry(role: Message['role'], metadata: Partial<Message['metadata']> = {}): Message {
  return {
    ...{ id: 'm1', role, laneId: 'l1', audience: ['ana'], parts: [] },
    metadata: { seq: 1, promptId: 'p1', turnId: 't1', author: ana, at: 1_000, status: 'done', ...metadata },
  }
}

it('[U37] the name of an entry says who reads it, where that is not everyone', () => {
  expect(entryName(entry('user'), null)).toBe('Ana asks')
  expect(entryName(entry('user'), 'Only you')).toBe('Ana asks, only you read this')
  expect(entryName(entry('assistant'), 'You and Bo')).toBe('Answer for Ana, you and Bo read this')
  expect(entryName(entry('assistant', { continues: 'm0' }), 'Only you')).toBe(
    'Answer for Ana goes on, only you read this',
  )
})

it('[U38] a copy says who shared it, from what, and when', () => {
  const at = 1_000_000
  const time = timeOf(at, at)
  const copy = (role: Message['role'], by = bo) => entry(role, { shared: { by, at, messageId: 'm0' } })
  expect(sharedWords(copy('user'), 'cy', at)).toBe(`Shared by Bo from Ana’s question, ${time}`)
  expect(sharedWords(copy('assistant'), 'ana', at)).toBe(`Shared by Bo from your answer, ${time}`)
  expect(sharedWords(copy('assistant', ana), 'ana', at)).toBe(`Shared by you from your answer, ${time}`)
  expect(sharedWords(entry('user'), 'ana')).toBeNull()
})

it('[U37] that an answer went on elsewhere is all that everybody learns', () => {
  expect(narrowedWords(false)).toBe('Continued privately')
  expect(narrowedWords(true)).toBe('Continued privately, below')
})
