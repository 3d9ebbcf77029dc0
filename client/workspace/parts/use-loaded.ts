import { useCallback, useEffect, useState } from 'react'
import { codeOf } from './refusals.ts'

export interface Loaded<T> {
  /** Null: not known yet. What was read last stays while it is read again. */
  value: T | null
  /** The code with which reading it failed the last time. */
  failed: string | null
  again: () => Promise<void>
}

/** What the server tells, read when it is first shown. `load` keeps its identity while it means the same. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | null>(null)
  const [failed, setFailed] = useState<string | null>(null)
  const again = useCallback(async () => {
    try {
      setValue(await load())
      setFailed(null)
    } catch (error) {
      setFailed(codeOf(error))
    }
  }, [load])
  useEffect(() => {
    void again()
  }, [again])
  return { value, failed, again }
}
