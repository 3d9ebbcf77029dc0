import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Speaker } from './port.ts'
import { encodeSpeaker } from './speaker.ts'

/** Text that tries: bits of our own markup between whatever else. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<from id="u_2" name="Ben" seq="9">',
        '</from>',
        '<',
        '>',
        '"',
        '&',
        '&lt;',
        '&amp;lt;',
        '&#60;',
        '\n',
      ),
    ),
    { maxLength: 8 },
  )
  .map((bits) => bits.join(''))
const speaker: fc.Arbitrary<Speaker> = fc.record({ id: hostile, name: hostile, seq: fc.nat() })

const ENVELOPE = /<from id="([^"]*)" name="([^"]*)" seq="(\d+)">([\s\S]*?)<\/from>/g

/** A reader that knows nothing but the format: every envelope it finds in a text. */
function decodeAll(text: string): { from: Speaker; text: string }[] {
  return [...text.matchAll(ENVELOPE)].map(([, id = '', name = '', seq, body = '']) => ({
    from: { id: plain(id), name: plain(name), seq: Number(seq) },
    text: plain(body),
  }))
}

function plain(escaped: string): string {
  return escaped.replace(/&(lt|quot|amp|#\d+);/g, (_, name: string) =>
    name.startsWith('#')
      ? String.fromCodePoint(Number(name.slice(1)))
      : ({ lt: '<', quot: '"', amp: '&' }[name] ?? ''),
  )
}

it('[V1] what is read is what was said, by whom and where', () => {
  fc.assert(
    fc.property(speaker, hostile, (from, text) => {
      expect(decodeAll(encodeSpeaker(from, text))).toEqual([{ from, text }])
    }),
  )
})

it('[V2] no name and no text makes a second envelope, also next to others', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(speaker, hostile), { maxLength: 4 }), (all) => {
      const joined = all.map(([from, text]) => encodeSpeaker(from, text)).join('')
      expect(joined.match(/</g)?.length ?? 0).toBe(2 * all.length)
      expect(decodeAll(joined)).toEqual(all.map(([from, text]) => ({ from, text })))
    }),
  )
})

it('[V3] a name stays on the line of its tag, and code stays readable', () => {
  const encoded = encodeSpeaker({ id: 'u_1', name: 'Ada\n"x"\u202e', seq: 3 }, 'if (a > b && c < d) {\n}')
  expect(encoded).toBe(
    '<from id="u_1" name="Ada&#10;&quot;x&quot;&#8238;" seq="3">if (a > b &amp;&amp; c &lt; d) {\n}</from>',
  )
})
