import { expect, it } from 'vitest'
import { pageStorage } from './page-storage.ts'

function storage(): Storage & { full: boolean } {
  const values = new Map<string, string>()
  return {
    full: false,
    getItem: (key) => values.get(key) ?? null,
    setItem(key, value) {
      if (this.full) throw new Error('full')
      values.set(key, value)
    },
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
    key: (at) => [...values.keys()][at] ?? null,
    get length() {
      return values.size
    },
  }
}

it('[U84] what a full storage does not take is remembered by the page, until there is room', () => {
  const disk = storage()
  const kept = pageStorage(() => disk)
  kept.setItem('a', '1')
  disk.full = true
  kept.setItem('a', '2')
  kept.setItem('b', '3')
  expect([kept.getItem('a'), kept.getItem('b'), kept.keys().sort()]).toEqual(['2', '3', ['a', 'b']])
  expect(disk.getItem('a')).toBe('1')
  disk.full = false
  kept.setItem('a', '4')
  expect([disk.getItem('a'), kept.getItem('a')]).toEqual(['4', '4'])
  kept.removeItem('b')
  expect([kept.getItem('b'), kept.keys()]).toEqual([null, ['a']])
})

it('[U84] so is everything where the page may not use storage', () => {
  const kept = pageStorage(() => {
    throw new Error('forbidden')
  })
  expect([kept.getItem('a'), kept.keys()]).toEqual([null, []])
  kept.setItem('a', '1')
  expect(kept.getItem('a')).toBe('1')
  kept.removeItem('a')
  expect([kept.getItem('a'), kept.keys()]).toEqual([null, []])
})
