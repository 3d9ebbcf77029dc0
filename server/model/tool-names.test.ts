import fc from 'fast-check'
import { expect, it } from 'vitest'
import { spellTools } from './tool-names.ts'

/** Names that nearly collide, next to whatever else a model may have made up. */
const name = fc.oneof(
  fc.constantFrom('web.fetch', 'web_fetch', 'web-fetch', 'web/fetch', 'web.fetch.', '', '__proto__', 'é'),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 60, maxLength: 70, unit: fc.constantFrom('a', '.', '_') }),
)
const names = fc.array(name, { maxLength: 8 })

it('[V4] every spelling is one that providers take, and comes back as the name it was', () => {
  fc.assert(
    fc.property(names, names, (offered, called) => {
      const spelled = spellTools(offered, called)
      for (const each of [...offered, ...called]) {
        expect(spelled.wire(each)).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
        expect(spelled.own(spelled.wire(each))).toBe(each)
      }
    }),
  )
})

it('[V5] the order of names and what was called earlier change no spelling of an offered one', () => {
  fc.assert(
    fc.property(names, names, (offered, called) => {
      const [spelled, other] = [spellTools(offered), spellTools(offered.toReversed(), called)]
      for (const each of offered) expect(other.wire(each)).toBe(spelled.wire(each))
    }),
  )
})

it('[V6] a name stays readable, and one that needs no other spelling keeps its own', () => {
  const spelled = spellTools(['web.fetch', 'notes.append', 'lookup'])
  expect(['web.fetch', 'notes.append', 'lookup'].map(spelled.wire)).toEqual([
    'web_fetch',
    'notes_append',
    'lookup',
  ])
  const crowded = spellTools(['web.fetch', 'web_fetch'])
  expect(crowded.wire('web_fetch')).toBe('web_fetch')
  expect(crowded.wire('web.fetch')).toMatch(/^web_fetch_[0-9a-f]{8}$/)
})

it('[V7] a name that no provider was told comes back as it is', () => {
  const spelled = spellTools(['web.fetch'])
  for (const made of ['erase', 'web.fetch', '']) expect(spelled.own(made)).toBe(made)
})
