import { expect, it } from 'vitest'
import { canonicalJson, isTooDeep, shownJson } from './canonical.ts'

it('[Q4] equal values have equal texts, whatever the order of their keys', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}')
  expect(canonicalJson(undefined)).toBe('null')
})

it('[Q8] what is sent is what readers see: no half characters, no key that docs lose', () => {
  const odd = JSON.parse('{"__proto__": 1, "a": "\\ud800", "\\udfff": {"__proto__": 2, "b": 3}}') as unknown
  expect(JSON.parse(canonicalJson(odd))).toEqual({ a: '\ufffd', '\ufffd': { b: 3 } })
  expect(shownJson(['\ud800'])).toBe('["\ufffd"]')
})

it('[Q3] nesting that nobody means is found, without recursion', () => {
  expect(isTooDeep(JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)))).toBe(true)
  expect(isTooDeep({ a: [{ b: 'c' }] })).toBe(false)
})
