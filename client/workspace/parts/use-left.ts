import { useEffect, useReducer } from 'react'
import { serverTime } from './server-time.ts'

const TICK_MS = 1_000

/** ms until the server's clock shows `until`, counted down once a second; null without it. */
export function useLeft(until: number | undefined): number | null {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0)
  const counts = until !== undefined
  useEffect(() => {
    if (!counts) return
    const timer = setInterval(tick, TICK_MS)
    return () => clearInterval(timer)
  }, [counts])
  return until === undefined ? null : serverTime.left(until)
}
