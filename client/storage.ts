import type { Storage } from './types/index.ts'

/** Forgets everything with the page. */
export function memoryStorage(): Storage {
  const values = new Map<string, string>()
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => {
      values.set(key, value)
    },
    delete: (key) => {
      values.delete(key)
    },
  }
}

/** `localStorage` where the page may use it (a sandboxed frame may not: reading the property throws). */
export function defaultStorage(): Storage {
  try {
    // Node has the property as well, but not without a file to keep it in.
    const local = typeof document === 'undefined' ? undefined : globalThis.localStorage
    if (!local) return memoryStorage()
    return {
      get: (key) => local.getItem(key),
      set: (key, value) => local.setItem(key, value),
      delete: (key) => local.removeItem(key),
    }
  } catch {
    return memoryStorage()
  }
}
