import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Grown, grownAt, grownEntries, grownWith } from './grown.ts'

const id = fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom('__proto__', 'constructor', 'toString'))

it('[LR31] what grows holds what was put last under each id, and what it was before stays as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.nat()), { maxLength: 60 }), id, (puts, other) => {
      const map = new Map<string, number>()
      let grown: Grown<number> = []
      for (const [key, value] of puts) {
        const before = JSON.stringify(grown)
        const next = grownWith(grown, key, value)
        expect(JSON.stringify(grown)).toBe(before)
        grown = next
        map.set(key, value)
      }
      const stored: Grown<number> = JSON.parse(JSON.stringify(grown))
      for (const each of [...map.keys(), other]) expect(grownAt(stored, each)).toBe(map.get(each))
      expect(new Map(grownEntries(stored))).toEqual(map)
    }),
  )
})

it('[LR31] is in few parts, however much it holds', () => {
  let grown: Grown<number> = []
  for (let i = 0; i < 5_000; i++) {
    grown = grownWith(grown, `m_${i}`, i)
    expect(grown.length).toBeLessThanOrEqual(Math.log2(i + 1) + 1)
  }
})
