import type { Message } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { useCallback, useRef, useState } from 'react'
import { tellRefusal } from '../parts/toasts.tsx'

/** Older pages, read when the reader comes near the beginning of what is here. */
export function useOlder(messages: readonly Message[]) {
  const session = useSession()
  const [loading, setLoading] = useState(false)
  const busy = useRef(false)
  const more = (messages[0]?.metadata.seq ?? 1) > 1
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
