import { EMBED_PATH } from '@colloquy/shared/embed'
import { useEffect, useState } from 'react'
import { applyTheme } from '../parts/theme.tsx'
import { Host } from './host.ts'

const RETRY_MS = 3_000

/** The page around this one; null until the server has said who that may be, `nobody` where there is none. */
export function useHost(): Host | 'nobody' | null {
  const [origins, setOrigins] = useState<readonly string[] | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    const read = () =>
      readOrigins(stop.signal).then(setOrigins, () => {
        if (!stop.signal.aborted) setTimeout(read, RETRY_MS)
      })
    void read()
    return () => stop.abort()
  }, [])
  const [host, setHost] = useState<Host | null>(null)
  const alone = window.parent === window
  useEffect(() => {
    if (!origins || alone) return
    const made = new Host(window, origins, applyTheme)
    setHost(made)
    return () => made.close()
  }, [origins, alone])
  return alone ? 'nobody' : host
}

async function readOrigins(signal: AbortSignal): Promise<readonly string[]> {
  const answer = await fetch(`${EMBED_PATH}/origins`, { signal })
  const { origins } = (await answer.json()) as { origins: string[] }
  return origins
}
