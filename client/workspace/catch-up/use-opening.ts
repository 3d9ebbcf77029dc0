import type { Snapshot } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { useEffect, useState } from 'react'
import type { SeenStore } from './seen.ts'
import { type Opening, openedLanes } from './unread.ts'

/**
 * What had been seen when the session was opened, or when its tab was last come back to and there was something new;
 * null: it was never looked at in this browser.
 */
export function useOpening(store: SeenStore): Opening | null {
  const session = useSession()
  const [opening, setOpening] = useState<Opening | null>(() => {
    const seen = store.of(session.id)
    return seen && { seen, there: {} }
  })
  useEffect(() => {
    let listed: ReadonlySet<string> | null = null
    const look = ({ connection, lanes }: Snapshot) => {
      if (connection.state !== 'live') return
      listed ??= new Set(lanes.map(({ laneId }) => laneId))
      const now = listed
      setOpening((before) => before && openedLanes(before, now, lanes))
    }
    look(session.snapshot())
    return session.subscribe(look)
  }, [session])
  useEffect(() => {
    const back = () => {
      const seen = store.of(session.id)
      const { lanes } = session.snapshot()
      if (document.visibilityState !== 'visible' || !seen) return
      const isNew = lanes.some(({ laneId, lastSeq }) => lastSeq > (seen[laneId] ?? 0))
      const there = Object.fromEntries(lanes.map(({ laneId, lastSeq }) => [laneId, lastSeq]))
      if (isNew) setOpening({ seen, there })
    }
    document.addEventListener('visibilitychange', back)
    return () => document.removeEventListener('visibilitychange', back)
  }, [session, store])
  return opening
}
