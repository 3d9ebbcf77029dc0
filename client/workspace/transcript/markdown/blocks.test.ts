import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BlockSplitter, tokensOf } from './blocks.ts'

const PIECES = [
  'A paragraph of words\nthat goes on',
  '# Heading',
  '- one\n- two\n  - nested',
  '1. first\n2. second',
  '> quoted\nlazily continued',
  '```ts\nconst a = 1\n\nconst b = 2\n```',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '[a]: https://example.org/a',
  'see [the page][a] and [b](https://example.org/b)',
  '***',
  '<div>\nraw\n</div>',
  '\ttabbed',
  'setext\n===',
  '~~~',
  '   ',
]
const text = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join('\n\n'))
const words = (source: string) => source.replace(/\s+/g, '')

describe('splitting a growing text', () => {
  it('[U25] loses nothing and repeats nothing, wherever it is cut', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (whole, step) => {
        const splitter = new BlockSplitter()
        for (let at = step; at < whole.length; at += step) splitter.split(whole.slice(0, at))
        const { blocks } = splitter.split(whole)
        const definitions = /^ {0,3}\[[^\]]+\]: \S+$/gm
        expect(words(blocks.join('')).replaceAll('[a]:https://example.org/a', '')).toBe(
          words(whole.replace(definitions, '')),
        )
      }),
      { seed: Number(process.env.SEED) },
    )
  })

  it('[U25] keeps the blocks before the last one, so that they are not drawn again', () => {
    const splitter = new BlockSplitter()
    const before = splitter.split('one\n\ntwo\n\nthree')
    const after = splitter.split('one\n\ntwo\n\nthree, and on')
    expect(after.blocks.slice(0, 2)).toEqual(before.blocks.slice(0, 2))
    expect(after.links).toBe(before.links)
  })

  it('[U25] a link stays a link when its definition is far behind', () => {
    const splitter = new BlockSplitter()
    const source = '[a]: https://example.org/\n\nsee [the page][a]\n\nthen more\n\nand more'
    for (let at = 1; at <= source.length; at++) splitter.split(source.slice(0, at))
    const { blocks, links } = splitter.split(source)
    expect(links).toEqual({ a: expect.objectContaining({ href: 'https://example.org/' }) })
    const [token] = tokensOf(blocks[0] ?? '', links)
    expect(JSON.stringify(token)).toContain('"type":"link"')
    expect(splitter.split(`${source}.`).links).toBe(links)
  })

  it('[U25] starts anew when the text is another', () => {
    const splitter = new BlockSplitter()
    splitter.split('one\n\ntwo\n\nthree')
    expect(splitter.split('else\n\nentirely').blocks).toEqual(['else', 'entirely'])
  })

  it('[U25] takes out what turns the order of the text', () => {
    expect(new BlockSplitter().split('`a\u202eb`').blocks).toEqual(['`ab`'])
  })
})
