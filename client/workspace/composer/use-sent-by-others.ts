import type { Snapshot } from '@colloquy/client'
import type { Draft } from '@colloquy/client/react'
import { useSession } from '@colloquy/client/react'
import { useEffect, useRef } from 'react'
import { announce } from '../parts/announcer.tsx'
import { cleanName } from '../parts/names.ts'
import { toast } from '../parts/toasts.tsx'
import { isWhole } from '../queue/whole.ts'
import { textOf } from '../transcript/words.ts'

/** How many of a lane's last messages may hold what was just sent, */
const RECENT = 4
/** and among how many of all they are looked for. */
const NEAR = 40

/**
 * When another sends what was written together, the draft leaves the board and its words stay with their owner, so
 * that nothing is lost. Once those words are seen in the queue or the transcript they are not lost: away with them.
 * `key` tells apart the drafts that one turns to and from.
 */
export function useSentByOthers({ sharedId, text, clear }: Draft, key: string, laneId?: string): void {
  const session = useSession()
  const wasShared = useRef(new Map<string, string>())
  useEffect(() => {
    const known = wasShared.current
    if (sharedId !== null) {
      known.set(key, text.trim())
      return
    }
    const left = known.get(key)
    // Written on since: it is another text, and its author's own.
    if (!left || text.trim() !== left) {
      known.delete(key)
      return
    }
    const look = (snapshot: Snapshot) => {
      const sent = whoSent(snapshot, left, laneId)
      if (!known.has(key) || !sent || sent.id === snapshot.me?.id) return
      known.delete(key)
      clear()
      const news = `${cleanName(sent.name)} sent what you wrote together`
      announce(news)
      toast(news)
    }
    look(session.snapshot())
    return session.subscribe(look)
  }, [session, sharedId, text, clear, key, laneId])
}

function whoSent({ queue, messages }: Snapshot, words: string, laneId?: string) {
  const waits = queue.find((entry) => {
    if (entry.laneId !== laneId) return false
    const shown = entry.text.trim()
    return shown === words || (!isWhole(entry.text) && words.startsWith(shown))
  })
  const asked = messages
    .slice(-NEAR)
    .filter((message) => message.laneId === laneId)
    .slice(-RECENT)
    .find(({ role, parts }) => role === 'user' && textOf({ parts }).trim() === words)
  return waits?.author ?? asked?.metadata.author
}
