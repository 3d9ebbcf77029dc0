import fc from 'fast-check'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, describe, expect, it } from 'vitest'
import { BlockSplitter, tokensOf } from './blocks.ts'
import { Markdown } from './markdown.tsx'

/** All kinds of markers, none of them meant as itself. */
const BLOCKS = [
  'Some **bold words** and *slanted ones* and ***both*** go on',
  'Some `code` and ``more of it`` and ~~gone~~ go on',
  'See [the page](https://example.org/a/b) and go on',
  '# Title with **bold**',
  '- one **bold**\n- two `code`\n  - nested [link](https://example.org/)\n- three',
  '1. first\n2. second **bold**\n   1. nested',
  '- [ ] to do\n- [x] done',
  '> quoted **bold**\n> and more',
  '| name | **value** |\n| --- | ---: |\n| one | `two` |\n| **three** | four |',
  '```ts\nconst a = b\n```',
  '~~~\nplain\n~~~',
  '---',
]
const document = fc
  .array(fc.constantFrom(...BLOCKS), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('\n\n'))

const MARKERS = /[*_`~[\]()|#>]|^\s*(?:[-:]+|\d+[.)]?)\s*$/m

function render(text: string, streaming: boolean): string {
  return renderToStaticMarkup(createElement(Markdown, { text, streaming }))
}

/** What is read on the screen: each element's own text on a line. */
function seen(markup: string): string {
  return markup
    .replace(/<span class="origin">.*?<\/span>|<svg.*?<\/svg>/gs, '')
    .replace(/<[^>]*>/g, '\n')
    .replaceAll('&gt;', '>')
}

describe('markdown that is half written', () => {
  beforeAll(async () => {
    await import('./half-written.ts')
  })

  it('[U77] no marker is on the screen that goes again, wherever the text is cut', () => {
    fc.assert(
      fc.property(document, (whole) => {
        for (let at = 1; at <= whole.length; at++) {
          const text = seen(render(whole.slice(0, at), true))
          expect(text, JSON.stringify(whole.slice(0, at))).not.toMatch(MARKERS)
        }
      }),
      { seed: Number(process.env.SEED), numRuns: 15 },
    )
  })

  it('[U77] a list goes on behind a number that stood alone for a moment', () => {
    const whole = '1. first\n   1. nested\n\n1. first\n   1. nested'
    const splitter = new BlockSplitter()
    for (let end = 1; end < whole.length; end++) splitter.split(whole.slice(0, end))
    expect(splitter.split(whole)).toEqual(new BlockSplitter().split(whole))
  })

  it('[U77] what grew character by character ends as the whole does', () => {
    fc.assert(
      fc.property(document, (whole) => {
        const splitter = new BlockSplitter()
        for (let at = 1; at < whole.length; at++) splitter.split(whole.slice(0, at))
        expect(splitter.split(whole)).toEqual(new BlockSplitter().split(whole))
        // A rule at the very end waits for what it may turn out to be.
        const ended = `${whole}\n\nend`
        expect(render(ended, true).replace(' streaming', '')).toBe(render(ended, false))
      }),
      { seed: Number(process.env.SEED), numRuns: 30 },
    )
  })

  it('[U77] nothing throws, and code keeps what looks like markers', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'*_`~[]()|#>-:1. \n\tax') }), (text) => {
        render(text, true)
        render(text, false)
      }),
      { seed: Number(process.env.SEED), numRuns: 300 },
    )
    expect(render('```\na || *b\n| c', true)).toContain('a || *b\n| c')
  })
})

describe('markdown that is meant to hold up', () => {
  it.each([
    ...[
      '>',
      '> ',
      '- ',
      '1. ',
      '*',
      '_a_',
      '*a ',
      '**a _b ',
      '[',
      '![a',
      '[a](',
      '<',
      '<div>',
      '`a',
      'a@',
      '~~a ',
    ],
  ])('[U78] %j ten thousand times is drawn, in no time', (piece) => {
    const text = `${piece.repeat(10_000)}x`
    const began = performance.now()
    tokensOf(new BlockSplitter().split(text).blocks[0] ?? '', {})
    const tookMs = performance.now() - began
    expect(render(text, false)).toContain('x')
    expect(render(text, true)).toContain('class="prose')
    // Without the bounds it is seconds, or the end of the stack.
    expect(tookMs).toBeLessThan(500)
  })
})
