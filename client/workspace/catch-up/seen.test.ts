import { expect, it } from 'vitest'
import { SeenStore } from './seen.ts'

function storage(values = new Map<string, string>()) {
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => {
      values.set(key, value)
    },
  }
}

it('[U57] what was seen is found again by the same person, and never gets less', () => {
  const kept = storage()
  const store = new SeenStore(kept, 'ana')
  expect(store.of('launch')).toBeNull()
  store.see('launch', { main: 4, l1: 2 })
  const before = store.of('launch')
  const version = store.version()
  store.see('launch', { main: 3 })
  expect([store.of('launch'), store.version()]).toEqual([before, version])
  store.see('launch', { main: 5 })
  expect(store.version()).not.toBe(version)
  expect(new SeenStore(kept, 'ana').of('launch')).toEqual({ main: 5, l1: 2 })
  expect(new SeenStore(kept, 'bo').of('launch')).toBeNull()
})

it('[U57] two tabs add to the same', () => {
  const kept = storage()
  const [one, other] = [new SeenStore(kept, 'ana'), new SeenStore(kept, 'ana')]
  let told = 0
  const stop = other.subscribe(() => told++)
  one.see('launch', { main: 9 })
  other.see('plan', { main: 1 })
  other.see('launch', { main: 2, l1: 3 })
  expect(new SeenStore(kept, 'ana').of('launch')).toEqual({ main: 9, l1: 3 })
  one.readAgain()
  expect(one.of('plan')).toEqual({ main: 1 })
  expect(one.of('launch')).toEqual({ main: 9, l1: 3 })
  other.readAgain()
  stop()
  one.see('launch', { main: 10 })
  other.readAgain()
  expect(told).toBe(2)
})

it('[U57] storage that is lost, full or holds anything else costs nothing but memory of the page before', () => {
  const broken = {
    getItem: () => {
      throw new Error('forbidden')
    },
    setItem: () => {
      throw new Error('full')
    },
  }
  const store = new SeenStore(broken, 'ana')
  store.see('launch', { main: 1 })
  expect(store.of('launch')).toEqual({ main: 1 })
  const kept = storage()
  const key = 'colloquy/seen/ana'
  for (const text of ['{', '7', '[1, ["a"], ["b", 3], ["c", {"main": "x"}], ["d", {"main": 2}]]']) {
    kept.values.set(key, text)
    const read = new SeenStore(kept, 'ana')
    expect(['a', 'b', 'c'].map((id) => read.of(id))).toEqual([null, null, null])
  }
  expect(new SeenStore(kept, 'ana').of('d')).toEqual({ main: 2 })
  // Cleared behind its back: what this page knows comes back with the next write.
  const open = new SeenStore(kept, 'ana')
  kept.values.clear()
  open.see('launch', { main: 3 })
  expect(new SeenStore(kept, 'ana').of('d')).toEqual({ main: 2 })
})

it('[U57] the sessions that were looked at last are kept, and no more than have room', () => {
  const kept = storage()
  const store = new SeenStore(kept, 'ana')
  const lanes = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`l_${'x'.repeat(21)}${i}`, i + 1]))
  for (let i = 0; i < 200; i++) store.see(`s${i}`, lanes)
  store.see('s199', { main: 1 })
  expect((kept.values.get('colloquy/seen/ana') ?? '').length).toBeLessThanOrEqual(60_000)
  expect(store.of('s0')).toBeNull()
  expect(new SeenStore(kept, 'ana').of('s199')).toEqual({ ...lanes, main: 1 })
})
