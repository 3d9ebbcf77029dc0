import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rerank } from './ranks.ts'

it('[A5] ranks sort into the wanted order, and those that need not change do not', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const orders = fc.array(fc.shuffledSubarray(ids), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(orders, (wanted) => {
      let ranks = new Map<string, number>()
      for (const order of wanted) {
        const changed = rerank(order, (id) => ranks.get(id))
        ranks = new Map(order.map((id) => [id, changed.get(id) ?? ranks.get(id) ?? Number.NaN]))
        expect([...ranks.keys()].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0))).toEqual(order)
        expect(rerank(order, (id) => ranks.get(id)).size).toBe(0)
      }
    }),
  )
})

it('[A5] one prompt that moves changes one rank', () => {
  const ranks: Record<string, number> = { a: 1, b: 2, c: 3, d: 4 }
  expect([...rerank(['d', 'a', 'b', 'c'], (id) => ranks[id]).keys()]).toEqual(['d'])
  expect([...rerank(['b', 'c', 'd'], (id) => ranks[id]).keys()]).toEqual([])
  expect([...rerank(['a', 'new', 'b', 'c', 'd'], (id) => ranks[id]).keys()]).toEqual(['new'])
})
