import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Audience,
  EVERYONE,
  flows,
  intersect,
  meet,
  names,
  type Readers,
  readersOf,
  receives,
  sameAudience,
  sameReaders,
  setOf,
} from './audience.ts'

const PEOPLE = ['ann', 'bo', 'cy', 'di']
const GROUPS = ['crew', 'boats', 'shore']

const person = fc.constantFrom(...PEOPLE)
const set = fc.subarray(PEOPLE).map(setOf)
const audience: fc.Arbitrary<Audience> = fc.oneof(fc.constant(EVERYONE), set)
const groups = fc.subarray(GROUPS)
const ways = fc.uniqueArray(fc.subarray(GROUPS, { minLength: 1 }), { maxLength: 2, selector: String })
const readers: fc.Arbitrary<Readers> = fc.oneof(
  fc.constant({ audience: EVERYONE }),
  fc.tuple(set, fc.dictionary(person, ways)).map(([some, through]) => {
    const ofSome = Object.entries(through).filter(([id, lists]) => some.includes(id) && lists.length > 0)
    const sorted = ofSome.map(([id, lists]) => [id, [...lists].sort(byText)] as const)
    return readersOf(some, Object.fromEntries(sorted))
  }),
)

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}
const holds = fc.assert

describe('audiences', () => {
  it('[GR15] combining is associative, commutative and idempotent, and everyone is its unit', () => {
    holds(
      fc.property(audience, audience, audience, (a, b, c) => {
        expect(intersect(intersect(a, b), c)).toEqual(intersect(a, intersect(b, c)))
        expect(intersect(a, b)).toEqual(intersect(b, a))
        expect(intersect(a, a)).toEqual(a)
        expect(intersect(a, EVERYONE)).toEqual(a)
      }),
    )
  })

  it('[GR15] it only ever shrinks: both flow into what they have in common, which names whom both name', () => {
    holds(
      fc.property(audience, audience, person, (a, b, one) => {
        const both = intersect(a, b)
        expect([flows(a, both), flows(b, both)]).toEqual([true, true])
        expect(names(both, one)).toBe(names(a, one) && names(b, one))
      }),
    )
  })

  it('[GR15] flowing is reflexive and transitive, and both ways only between the same', () => {
    holds(
      fc.property(audience, audience, audience, (a, b, c) => {
        expect(flows(a, a)).toBe(true)
        if (flows(a, b) && flows(b, c)) expect(flows(a, c)).toBe(true)
        if (flows(a, b) && flows(b, a)) expect(a).toEqual(b)
      }),
    )
  })

  it('[GR15] no set is everyone, whomever it names; everyone flows into each set and none into everyone', () => {
    holds(
      fc.property(set, (some) => {
        expect(sameAudience(some, EVERYONE)).toBe(false)
        expect([flows(EVERYONE, some), flows(some, EVERYONE)]).toEqual([true, false])
      }),
    )
  })

  it('[GR15] a set has one form, however its people were named', () => {
    holds(
      fc.property(fc.array(person), (some) => {
        expect(setOf([...some].reverse())).toEqual(setOf(some))
        expect(setOf(setOf(some))).toEqual(setOf(some))
      }),
    )
  })
})

describe('readers through groups', () => {
  it('[GR15] combining is associative, commutative and idempotent, and everyone is its unit', () => {
    holds(
      fc.property(readers, readers, readers, (a, b, c) => {
        expect(meet(meet(a, b), c)).toEqual(meet(a, meet(b, c)))
        expect(meet(a, b)).toEqual(meet(b, a))
        expect(meet(a, a)).toEqual(a)
        expect(meet(a, { audience: EVERYONE })).toEqual(a)
        expect(sameReaders(meet(a, b), meet(b, a))).toBe(true)
      }),
    )
  })

  it('[GR15] who receives what both share is who receives each, whatever groups they are in now', () => {
    holds(
      fc.property(readers, readers, person, groups, (a, b, one, now) => {
        expect(receives(meet(a, b), one, now)).toBe(receives(a, one, now) && receives(b, one, now))
      }),
    )
  })

  it('[GR15] a group more never takes from a person, and nobody receives what does not name them', () => {
    holds(
      fc.property(readers, person, groups, groups, (a, one, now, more) => {
        if (receives(a, one, now)) expect(receives(a, one, [...now, ...more])).toBe(true)
        if (receives(a, one, now)) expect(names(a.audience, one)).toBe(true)
      }),
    )
  })

  it('[GR15] of each list one group must still have the person; a person named directly needs none', () => {
    const both = meet(
      { audience: ['ann', 'bo'], through: { bo: [['boats', 'crew']] } },
      { audience: ['ann', 'bo'], through: { bo: [['shore']] } },
    )
    const bo = (...now: string[]) => receives(both, 'bo', now)
    expect([bo(), bo('crew'), bo('shore'), bo('shore', 'boats')]).toEqual([false, false, false, true])
    expect(receives(both, 'ann', [])).toBe(true)
  })
})
