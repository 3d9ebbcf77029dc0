import type { Snapshot } from '@colloquy/client'
import type { Draft } from '@colloquy/client/react'
import { useSnapshot } from '@colloquy/client/react'
import { useEffect, useRef } from 'react'
import { announce } from '../parts/announcer.tsx'
import { cleanName } from '../parts/names.ts'
import { toast } from '../parts/toasts.tsx'
import { textOf } from '../transcript/words.ts'

/** How many of the last messages may hold what was just sent. */
const RECENT = 4

const select = ({ queue, messages, me }: Snapshot) => ({ queue, messages, me })

/**
 * When another sends what was written together, the draft leaves the board and its words stay with their owner, so
 * that nothing is lost. Once those words are seen in the queue or the transcript they are not lost: away with them.
 */
export function useSentByOthers({ shared, text, clear }: Draft): void {
  const { queue, messages, me } = useSnapshot(select)
  const wasShared = useRef<string | null>(null)
  useEffect(() => {
    if (shared) {
      wasShared.current = text.trim()
      return
    }
    const left = wasShared.current
    if (left === null) return
    // Written on since: it is another text, and its author's own.
    if (text.trim() !== left || left === '') {
      wasShared.current = null
      return
    }
    const sent =
      queue.find((entry) => entry.text.trim() === left.slice(0, entry.text.trim().length))?.author ??
      messages.slice(-RECENT).find((message) => message.role === 'user' && textOf(message).trim() === left)
        ?.metadata.author
    if (!sent || sent.id === me?.id) return
    wasShared.current = null
    clear()
    const news = `${cleanName(sent.name)} sent what you wrote together`
    announce(news)
    toast(news)
  }, [shared, text, clear, queue, messages, me])
}
