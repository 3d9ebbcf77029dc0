import type { Snapshot } from '@colloquy/client'
import type { Draft } from '@colloquy/client/react'
import { useSession } from '@colloquy/client/react'
import { useEffect, useRef } from 'react'
import { announce } from '../parts/announcer.tsx'
import { cleanName } from '../parts/names.ts'
import { toast } from '../parts/toasts.tsx'
import { isWhole } from '../queue/whole.ts'
import { textOf } from '../transcript/words.ts'

/** How many of the last messages may hold what was just sent. */
const RECENT = 4

/**
 * When another sends what was written together, the draft leaves the board and its words stay with their owner, so
 * that nothing is lost. Once those words are seen in the queue or the transcript they are not lost: away with them.
 */
export function useSentByOthers({ shared, text, clear }: Draft): void {
  const session = useSession()
  const wasShared = useRef<string | null>(null)
  useEffect(() => {
    if (shared) {
      wasShared.current = text.trim()
      return
    }
    const left = wasShared.current
    // Written on since: it is another text, and its author's own.
    if (left === null || left === '' || text.trim() !== left) {
      wasShared.current = null
      return
    }
    const look = (snapshot: Snapshot) => {
      const sent = whoSent(snapshot, left)
      if (wasShared.current === null || !sent || sent.id === snapshot.me?.id) return
      wasShared.current = null
      clear()
      const news = `${cleanName(sent.name)} sent what you wrote together`
      announce(news)
      toast(news)
    }
    look(session.snapshot())
    return session.subscribe(look)
  }, [session, shared, text, clear])
}

function whoSent({ queue, messages }: Snapshot, words: string) {
  const waits = queue.find((entry) => {
    const shown = entry.text.trim()
    return shown === words || (!isWhole(entry.text) && words.startsWith(shown))
  })
  const asked = messages
    .slice(-RECENT)
    .find(({ role, parts }) => role === 'user' && textOf({ parts }).trim() === words)
  return waits?.author ?? asked?.metadata.author
}
