import { expect, it } from 'vitest'
import { offeredFor, typedAt } from './typed.ts'

/** The query at `|` in a text. */
function queryAt(marked: string): string | null {
  const caret = marked.indexOf('|')
  return typedAt(marked.replace('|', ''), caret)?.query ?? null
}

it('[U61] a name is being written from an @ to the caret', () => {
  expect(queryAt('@|')).toBe('')
  expect(queryAt('hello @an|a')).toBe('an')
  expect(queryAt('(@Ana Ma|')).toBe('Ana Ma')
  expect(queryAt('@Ana, @b|')).toBe('b')
  expect(typedAt('a @b', 4)?.from).toBe(2)
})

it('[U61] an @ of an address, in code, or on another line begins none', () => {
  for (const text of ['me@|', 'me.@b|', 'no', '@ b|', '@b\nc|', '`@b|', '```\n@b|', '|@b']) {
    expect(queryAt(text), text).toBeNull()
  }
  expect(queryAt('`code` @b|')).toBe('b')
  expect(typedAt(`@${'x'.repeat(100)}`, 101)).toBeNull()
})

it('[U61] those are offered of whose name a word begins like that, with and without accents', () => {
  const people = ['Bo', 'Bo Lee', 'Ana Bosch', 'Zoë', 'Jabo'].map((name) => ({ name }))
  const offered = (query: string) => offeredFor(people, query).map(({ name }) => name)
  expect(offered('')).toHaveLength(5)
  expect(offered('bo')).toEqual(['Bo', 'Bo Lee', 'Ana Bosch'])
  expect(offered('ZOE')).toEqual(['Zoë'])
  expect(offered('Bo l')).toEqual(['Bo Lee'])
  expect(offered('Bo ')).toEqual([])
  expect(offered('x')).toEqual([])
  expect(offeredFor(Array(50).fill({ name: 'Bo' }), '')).toHaveLength(6)
})
