/**
 * `localStorage` and `sessionStorage` where the page may use them. A browser that keeps nothing, or nothing of a frame
 * on another site, throws when they are read: then everything lasts as long as the page.
 */
export const local = (): Kept => usable('localStorage')
export const ofTab = (): Kept => usable('sessionStorage')

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const inMemory = { localStorage: memory(), sessionStorage: memory() }

function usable(name: keyof typeof inMemory): Kept {
  try {
    return globalThis[name]
  } catch {
    return inMemory[name]
  }
}

function memory(): Kept {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    key: (i) => [...values.keys()][i] ?? null,
    get length() {
      return values.size
    },
  }
}
