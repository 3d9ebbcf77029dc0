import { expect, it } from 'vitest'
import { describeFile, lengthWords, nameFor, problemOf, TEXT_BYTES } from './resource-text.ts'

it('[U40] a file’s name says what it is', () => {
  expect(describeFile('Launch plan.md')).toEqual({ title: 'Launch plan', format: 'markdown' })
  expect(describeFile('a.b.CSV')).toEqual({ title: 'a.b', format: 'csv' })
  expect(describeFile('notes')).toEqual({ title: 'notes', format: 'text' })
  expect(describeFile('.json')).toEqual({ title: '.json', format: 'json' })
})

it('[U40] a new resource never takes the name, and so the place, of one that is there', () => {
  const none = () => false
  expect(nameFor('Launch plan, 2026!', none)).toBe('launch-plan-2026')
  expect(nameFor('Überblick', none)).toBe('uberblick')
  expect(nameFor('計画', none)).toBe('計画')
  expect(nameFor('???', none)).toBe('resource')
  expect(nameFor('Plan', (name) => name === 'plan' || name === 'plan-2')).toBe('plan-3')
  expect(nameFor('x'.repeat(200), none).length).toBeLessThanOrEqual(60)
})

it('[U40] what the server would not take is told before it is sent', () => {
  expect(problemOf('a\n\tb', 'text')).toBeNull()
  expect(problemOf('{"a": 1}', 'json')).toBeNull()
  expect(problemOf('{', 'json')).toBe('This is no valid JSON.')
  expect(problemOf('a\u0000', 'text')).toBe('This is not text.')
  expect(problemOf('\uFFFD', 'text')).toBe('This is not text.')
  expect(problemOf('é'.repeat(TEXT_BYTES / 2), 'text')).toBeNull()
  expect(problemOf('é'.repeat(TEXT_BYTES / 2 + 1), 'text')).toMatch(/^Too long/)
})

it('[U40] a length in the least words', () => {
  expect([800, 9_999, 52_400].map(lengthWords)).toEqual([
    '800 characters',
    '9,999 characters',
    '52k characters',
  ])
})
