import fc from 'fast-check'
import { expect, it } from 'vitest'
import { attachedIn, withAttached } from './attachments.ts'

const id = fc.stringMatching(/^[\w-]{1,40}$/)
const title = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => !/\s/u.test(each))

it('[U50] what is attached is found again in the text of a prompt, whatever it is called', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('', 'What is in it?', 'a\n\nb'),
      fc.array(fc.record({ id, title })),
      (words, attached) => {
        expect(attachedIn(withAttached(words, attached))).toEqual({ words, attached })
      },
    ),
  )
})

it('[U50] only links of the last lines, each alone, are attachments', () => {
  const words = [
    'Look at [a](resource:a-1)',
    '[a](resource:a-1)\nand then?',
    '[a](https://example.org)',
    '[a](resource:../me)',
    '![a](resource:a)',
  ]
  for (const each of words) expect(attachedIn(each)).toEqual({ words: each, attached: [] })
  expect(withAttached('Read', [{ id: 'x', title: 'a](javascript:1) [b\nc' }])).toBe(
    'Read\n\n[a\\]\\(javascript\\:1\\) \\[b c](resource:x)',
  )
})
