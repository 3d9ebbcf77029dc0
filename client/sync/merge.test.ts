import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applySplices, difference, rebase } from './merge.ts'

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '😀', '😁'), maxLength: 12 })

it('[C28] a difference makes of one text the other, and splits no character', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const change = difference(before, after)
      expect(applySplices(before, change ? [change] : [])).toBe(after)
      expect(change?.insert.isWellFormed() ?? true).toBe(true)
      expect(before.slice(0, change?.at ?? 0).isWellFormed()).toBe(true)
    }),
  )
})

const edit = (base: string, after: string) => {
  const change = difference(base, after)
  return change ? [change] : []
}
const merged = (base: string, mine: string, theirs: string) =>
  applySplices(theirs, rebase(base, edit(base, mine), theirs))

it('[C28] what only one side changed comes through as it is', () => {
  fc.assert(
    fc.property(text, text, (base, changed) => {
      expect(merged(base, changed, base)).toBe(changed)
      expect(merged(base, base, changed)).toBe(changed)
    }),
  )
})

it('[C28] changes in two places both come through', () => {
  fc.assert(
    fc.property(text, text, text, text, (one, two, a, b) => {
      const [front, back] = [`${one}[${a}1]${two}[2]`, `${one}[1]${two}[2${b}]`]
      const base = `${one}[1]${two}[2]`
      const both = `${one}[${a}1]${two}[2${b}]`
      expect(merged(base, front, back)).toBe(both)
      expect(merged(base, back, front)).toBe(both)
    }),
  )
})

it('[C28] of changes in the same place nothing that was inserted is lost, and text stays well-formed', () => {
  fc.assert(
    fc.property(text, text, text, (base, mine, theirs) => {
      const result = merged(base, mine, theirs)
      expect(result.isWellFormed()).toBe(true)
      expect(result).toContain(difference(base, mine)?.insert ?? '')
      expect(result).toContain(difference(base, theirs)?.insert ?? '')
    }),
  )
})

it('[C28] several changes of one text come through each in its place', () => {
  const base = 'one two three'
  const edits = [
    { at: 0, length: 0, insert: 'Well: ' },
    { at: 4, length: 4, insert: '' },
    { at: 13, length: 0, insert: '!' },
  ]
  expect(applySplices(base, rebase(base, edits, base))).toBe('Well: one three!')
  const theirs = 'one, two three'
  expect(applySplices(theirs, rebase(base, edits, theirs))).toBe('Well: one, three!')
})
