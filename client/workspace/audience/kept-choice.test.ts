import { beforeEach, expect, it, vi } from 'vitest'
import { forgetNames, keepChoice, keptChoice, keyFor } from './kept-choice.ts'

const bo = { id: 'bo', name: 'Bo' }
const design = { id: 'group:design', name: 'design' }

let kept: Map<string, string>
beforeEach(() => {
  kept = new Map()
  vi.stubGlobal('localStorage', {
    get length() {
      return kept.size
    },
    key: (i: number) => [...kept.keys()][i] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  })
  return () => vi.unstubAllGlobals()
})

it('[U35] signing out leaves ids in this browser, and no names; others keep theirs', () => {
  const [first, second, others] = [keyFor('s1', 'a/na'), keyFor('s2', 'a/na'), keyFor('s1', 'na')]
  keepChoice(first, [bo, design])
  keepChoice(second, 'everyone')
  keepChoice(others, [bo])
  forgetNames('a/na')
  expect(JSON.parse(kept.get(first) ?? '')).toEqual([{ id: 'bo' }, { id: 'group:design' }])
  expect(kept.get(second)).toBeUndefined()
  expect(kept.get(others)).toContain('Bo')
  // For whom it was is known again; what they are called is asked of the session.
  expect(keptChoice(first).read()).toEqual([{ id: 'bo', name: '' }, design])
  expect(keptChoice(second).read()).toBe('everyone')
})

it.each([['{'], ['{}'], ['[1]'], ['[{"id":1}]'], ['null']])(
  '[U35] what cannot be read, such as %s, was not for everyone',
  (value) => {
    const key = keyFor(value, 'ana')
    kept.set(key, value)
    expect(keptChoice(key).read()).toEqual([])
  },
)
