import { expect, it } from 'vitest'
import { doingWords, type Going } from './doing-words.ts'

const ana = { id: 'ana', name: 'Ana' }
const quiet: Going = {
  ...{ people: [{ ...ana, typing: false }], turns: [], unfinished: [], calls: [], queue: [] },
}
const turn = { turnId: 't1', author: ana }

it('[U39] what somebody does is told by the most that is seen of it', () => {
  const doing = (over: Partial<Going>) => doingWords('ana', { ...quiet, ...over })
  expect(doing({})).toBe('reading along')
  expect(doing({ people: [] })).toBe('not here now')
  expect(doing({ people: [{ ...ana, typing: true }] })).toBe('typing')
  expect(doing({ queue: [{ author: ana }] })).toBe('1 prompt waits')
  expect(doing({ queue: [{ author: ana }, { author: ana }] })).toBe('2 prompts wait')
  expect(doing({ turns: [turn], queue: [{ author: ana }] })).toBe('being answered, 1 waiting')
  expect(doing({ turns: [turn], calls: [{ author: ana }] })).toBe('an answer waits for approval')
})

it('[U39] what others do is not theirs', () => {
  const bo = { id: 'bo', name: 'Bo' }
  expect(doingWords('bo', { ...quiet, turns: [turn], people: [{ ...bo, typing: false }] })).toBe(
    'reading along',
  )
})
