import type { Snapshot } from '@colloquy/client'
import { useSession, useSnapshot } from '@colloquy/client/react'
import { useCallback, useRef, useState } from 'react'
import { tellRefusal } from '../parts/toasts.tsx'

const selectMore = ({ more }: Snapshot) => more

/** Older pages, read when the reader comes near the beginning of what is here. */
export function useOlder() {
  const session = useSession()
  const more = useSnapshot(selectMore)
  const [loading, setLoading] = useState(false)
  const busy = useRef(false)
  const load = useCallback(() => {
    if (busy.current) return
    busy.current = true
    setLoading(true)
    session
      .older()
      .catch(tellRefusal)
      .finally(() => {
        busy.current = false
        setLoading(false)
      })
  }, [session])
  return { more, loading, load }
}
