import { useState } from 'react'

const kept = new Map<string, unknown>()

/** State of a row that the list takes out of the page when it is scrolled away, and brings back. */
export function useKept<T>(key: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => (kept.has(key) ? (kept.get(key) as T) : initial))
  const set = (next: T) => {
    if (Object.is(next, initial)) kept.delete(key)
    else kept.set(key, next)
    setValue(next)
  }
  return [value, set]
}
