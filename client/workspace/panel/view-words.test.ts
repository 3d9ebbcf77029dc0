import { VIEW_WHYS, type ViewMessage } from '@colloquy/shared/view-answer'
import { expect, it } from 'vitest'
import { leftOutOf, messageWords, savedWords, summaryWords } from './view-words.ts'

const bo = { id: 'bo', name: 'B\u202eo' }

function message(messageId: string, why?: ViewMessage['why']): ViewMessage {
  const of = { messageId, laneId: 'main', seq: 1, role: 'user' as const, author: bo, tokens: 10 }
  return { ...of, in: why === undefined, ...(why ? { why } : {}) }
}

it('[U41] every reason for which a message is not in the view has words, for one and for several', () => {
  for (const why of VIEW_WHYS) {
    const [one] = leftOutOf({ listed: [message('a', why)] })
    const [two] = leftOutOf({ listed: [message('a', why), message('b', why)] })
    expect(one?.words).toMatch(/^1 (is|was|has) [a-z]/)
    expect(two?.words).toMatch(/^2 (are|were|have) [a-z]/)
    expect(two?.messages.map(({ messageId }) => messageId)).toEqual(['b', 'a'])
  }
})

it('[U41] what is in is not told as left out', () => {
  expect(leftOutOf({ listed: [message('a')] })).toEqual([])
  const found = leftOutOf({
    listed: [message('a', 'RETRACTED'), message('b'), message('c', 'OTHER_READERS')],
  })
  expect(found.map(({ words }) => words)).toEqual(['1 was said to other readers', '1 was taken back'])
})

it('[U41] whose message it is, what repeats saved, and what a summary stands for', () => {
  expect(messageWords(message('a'), 'ana')).toBe('Bo’s question')
  expect(messageWords({ ...message('a'), role: 'assistant' }, 'bo')).toBe('Your answer')
  const repeat = { messageId: 'a', author: 'bo', sameAs: 'b', characters: 9_000, saved: 1_200 }
  const tokens = { used: 9, budget: 10, saved: 1_200 }
  expect(savedWords({ tokens, repeats: [repeat] })).toBe(
    'A text that was repeated is in only once: 1,200 tokens saved',
  )
  expect(savedWords({ tokens, repeats: [repeat, repeat] })).toContain('2 texts that were repeated are in')
  expect(savedWords({ tokens: { ...tokens, saved: 0 }, repeats: [] })).toBeNull()
  expect(summaryWords({ fromSeq: 3, throughSeq: 42 })).toBe('A summary of 40 messages')
  expect(summaryWords({ fromSeq: 3, throughSeq: 3 })).toBe('A summary of 1 message')
})
