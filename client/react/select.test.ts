import { expect, it, vi } from 'vitest'
import { keepShallow, selector } from './select.ts'

it('[C31] selects once from the same snapshot', () => {
  const select = vi.fn((source: { n: number }) => ({ n: source.n }))
  const selected = selector(select)
  const source = { n: 1 }
  expect(selected(source)).toBe(selected(source))
  expect(select).toHaveBeenCalledTimes(1)
  expect(selected({ n: 2 })).toEqual({ n: 2 })
})

it('[C31] what holds the same stays the same', () => {
  const item = {}
  for (const [before, next] of [
    [
      { a: item, b: 1 },
      { a: item, b: 1 },
    ],
    [
      [item, 1],
      [item, 1],
    ],
    [Number.NaN, Number.NaN],
  ]) {
    expect(keepShallow(before, next)).toBe(before)
  }
})

it('[C31] what differs, or cannot be compared, is new', () => {
  for (const [before, next] of [
    [{ a: {} }, { a: {} }],
    [{ a: undefined }, { b: undefined }],
    [[1], [1, 2]],
    [[], {}],
    [new Map([[1, 1]]), new Map([[1, 2]])],
    [null, {}],
    [1, 2],
  ]) {
    expect(keepShallow<unknown>(before, next)).toBe(next)
  }
})
