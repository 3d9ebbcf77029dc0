import { folded, hasAll, wordsOf } from '@colloquy/shared/search-words'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerptOf } from './excerpt.ts'

const marked = (text: string, query: string) => {
  const { excerpt, marks } = excerptOf(text, wordsOf(query))
  return { excerpt, marked: marks.map(([from, to]) => excerpt.slice(from, to)) }
}

describe('an excerpt', () => {
  it('[LR46] is all of a short text, with every place of every word', () => {
    expect(marked('The Plan: a plan\n\nfor\tCafé Zoë', 'plan cafe')).toEqual({
      excerpt: 'The Plan: a plan for Café Zoë',
      marked: ['Plan', 'plan', 'Café'],
    })
  })

  it('[LR46] of a long one begins with a word not far before the first place', () => {
    const text = `${'before '.repeat(3_000)}the needle ${'after '.repeat(3_000)}`
    const { excerpt, marked: found } = marked(text, 'needle')
    expect(found).toEqual(['needle'])
    expect(excerpt).toMatch(/^…before .*the needle after .*…$/)
    expect(excerpt.length).toBeLessThanOrEqual(200)
  })

  it('[LR46] finds its place where folding has made the text longer or shorter', () => {
    expect(marked(`${'ﬃ ½ '.repeat(5_000)}needle`, 'needle').marked).toEqual(['needle'])
    expect(marked(`${'e\u0301\u200b '.repeat(5_000)}needle`, 'needle').marked).toEqual(['needle'])
  })

  it('[LR46] marks of overlapping words are one, and one of a word that is cut ends with the excerpt', () => {
    expect(marked('abcabc x', 'abc bca').marked).toEqual(['abcabc'])
    const long = 'w'.repeat(199)
    const { excerpt, marked: found } = marked(`${'a '.repeat(100)}${long}`, long)
    expect(excerpt).toHaveLength(200)
    expect(found.join('')).toMatch(/^w{100,}$/)
  })

  it('[LR46] has at most 200 units, no half character, and only places of the words as marks', () => {
    const unit = fc.constantFrom('a', 'b', 'É', 'ß', 'ﬁ', ' ', '\n', '😀', 'e\u0301', '\u200b', '日')
    const text = fc.string({ unit, maxLength: 900 })
    fc.assert(
      fc.property(text, fc.string({ unit, minLength: 1, maxLength: 12 }), (said, query) => {
        const words = wordsOf(query)
        fc.pre(words.length > 0 && hasAll(folded(said), words))
        const { excerpt, marks } = excerptOf(said, words)
        expect(excerpt.length).toBeLessThanOrEqual(200)
        expect(excerpt.isWellFormed()).toBe(true)
        expect(marks.length).toBeGreaterThan(0)
        let last = -1
        for (const [from, to] of marks) {
          expect(from).toBeGreaterThan(last)
          expect(to).toBeGreaterThan(from)
          last = to
        }
        expect(last).toBeLessThanOrEqual(excerpt.length)
      }),
    )
  })
})
