import fc from 'fast-check'
import { expect, it } from 'vitest'
import { folded, hasAll, wordsOf } from './search-words.ts'

it.each([
  ['Crème Brûlée', 'creme brulee'],
  ['STRASSE', 'straße'],
  ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
  ['İstanbul', 'istanbul'],
  ['ﬁle Ａ１', 'file a1'],
  ['pass\u00adword', 'password'],
  ['Ёлка', 'елка'],
])('[LR43] %s and %s are the same to a search', (left, right) => {
  expect(folded(left)).toBe(folded(right))
})

it('[LR43] letters that are others stay others', () => {
  expect(folded('が')).not.toBe(folded('か'))
  expect(folded('कि')).not.toBe(folded('का'))
})

it('[LR43] a text folds as its characters do, one by one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect([...text].map(folded).join('')).toBe(folded(text))
    }),
  )
})

it('[LR43] a query is its words, each once; one of white space, of control characters or of accents has none', () => {
  expect(wordsOf('  Rollout\0plan\n rollout ')).toEqual(['rollout', 'plan'])
  for (const query of ['   ', '\0\u0007', '\u0301', '\u200b']) expect(wordsOf(query)).toEqual([])
  expect(hasAll(folded('The plan of the Rollout'), ['rollout', 'plan'])).toBe(true)
  expect(hasAll(folded('The plan'), ['rollout', 'plan'])).toBe(false)
})
