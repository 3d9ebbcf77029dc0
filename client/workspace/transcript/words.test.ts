import type { Message } from '@colloquy/client'
import { expect, it } from 'vitest'
import { endingOf, lineOf, smallPrintOf, textOf } from './words.ts'

function answer(metadata: Partial<Message['metadata']>): Message {
  const author = { id: 'ana', name: 'Ana' }
  return {
    id: 'm1',
    role: 'assistant',
    parts: [],
    metadata: { seq: 1, promptId: 'p1', turnId: 't1', author, at: 1_000, status: 'done', ...metadata },
  }
}

it('[U27] a long text in several parts is one text', () => {
  const part = (text: string) => ({ type: 'text' as const, text })
  expect(textOf({ parts: [part('a'), part('b')] })).toBe('ab')
  expect(textOf({ parts: [] })).toBe('')
})

it('[U27] a row shows the beginning of a text in one line, without its marks', () => {
  expect(lineOf('# Title\n- **bold** `code`\n> quoted')).toBe('Title bold code quoted')
})

it('[U27] how an answer ended is told where it did not end well, with why', () => {
  expect(endingOf(answer({}))).toBeNull()
  expect(endingOf(answer({ status: 'failed', reason: 'PROVIDER_AUTH' }))).toEqual({
    text: 'The answer failed: the model’s provider does not accept this server’s key.',
    retry: true,
  })
  expect(endingOf(answer({ status: 'cancelled', reason: 'STOPPED_BY_MODERATOR' }))?.text).toBe(
    'Stopped by a moderator.',
  )
  expect(endingOf(answer({ status: 'cancelled' }))?.text).toBe('Stopped.')
})

it('[U27] the small print has what is known, and nothing else', () => {
  expect(smallPrintOf(answer({}))).toBe('')
  const usage = { inputTokens: 1_200, outputTokens: 30 }
  expect(smallPrintOf(answer({ model: 'm', usage, endedAt: 3_500 }))).toBe('m · 1,200 in · 30 out · 2.5 s')
})
