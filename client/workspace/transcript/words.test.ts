import type { Message } from '@colloquy/client'
import { expect, it } from 'vitest'
import { endingOf, lineOf, smallPrintOf, textOf } from './words.ts'

function answer(metadata: Partial<Message['metadata']>): Message {
  const author = { id: 'ana', name: 'Ana' }
  return {
    id: 'm1',
    role: 'assistant',
    parts: [],
    laneId: 'main',
    audience: 'everyone',
    metadata: { seq: 1, promptId: 'p1', turnId: 't1', author, at: 1_000, status: 'done', ...metadata },
  }
}

it('[U27] a long text in several parts is one text', () => {
  const part = (text: string) => ({ type: 'text' as const, text })
  expect(textOf({ parts: [part('a'), part('b')] })).toBe('ab')
  expect(textOf({ parts: [] })).toBe('')
  const toolMetadata = { step: 1, effect: 'read' as const, argsHash: 'h' }
  const called = { type: 'dynamic-tool' as const, toolName: 'x', input: {}, toolMetadata }
  const call = { ...called, toolCallId: 'c1', state: 'input-available' as const }
  expect(textOf({ parts: [part('Let me look.'), call, call, part('Done.'), call] })).toBe(
    'Let me look.\n\nDone.',
  )
  expect(textOf({ parts: [call, part('Done.')] })).toBe('Done.')
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
  expect(endingOf(answer({ status: 'failed', reason: 'TOO_MANY_STEPS' }))?.text).toBe(
    'The answer failed: it called tools again and again and came to no end.',
  )
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
