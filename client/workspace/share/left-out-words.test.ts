import type { Message } from '@colloquy/client'
import { expect, it } from 'vitest'
import { leftOutWords } from './left-out-words.ts'

it('[U38] of a message with calls only the text is copied, and that is said', () => {
  const text = { type: 'text' as const, text: 'a' }
  const call = { type: 'dynamic-tool' } as Message['parts'][number]
  expect(leftOutWords({ parts: [text] })).toBe('')
  expect(leftOutWords({ parts: [call, text] })).toBe(
    'Only the text is copied. The tool call and its result stay with those who read it now.',
  )
  expect(leftOutWords({ parts: [call, text, call] })).toContain('The 2 tool calls and their results stay')
})
