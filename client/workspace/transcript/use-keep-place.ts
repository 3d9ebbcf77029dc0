import type { Message } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { tellRefusal } from '../parts/toasts.tsx'

/** Pages that are read to get back to a place; past them the reader scrolls. */
const MOST_PAGES = 20

interface Place {
  seq: number
  /** Pixels of that message above the edge. */
  into: number
}

/**
 * When the server starts a new segment, the snapshot begins later than before. Whoever was reading what has left it
 * is taken back there, over the older pages.
 */
export function useKeepPlace(
  messages: readonly Message[],
  list: RefObject<VirtualizerHandle | null>,
  following: RefObject<boolean>,
  scroller: RefObject<HTMLElement | null>,
): void {
  const session = useSession()
  const place = useRef<Place | null>(null)
  const lost = useRef<Place | null>(null)
  const first = messages[0]?.metadata.seq

  useLayoutEffect(() => {
    const at = place.current
    if (first === undefined || lost.current || !at || at.seq >= first) return
    lost.current = at
    readBackTo(at.seq)
      .catch(tellRefusal)
      .finally(() => {
        lost.current = null
      })
    async function readBackTo(seq: number): Promise<void> {
      for (let page = 0; page < MOST_PAGES; page++) {
        const begin = session.snapshot().messages[0]?.metadata.seq
        if (begin === undefined || begin <= seq || !(await session.older()).more) return
      }
    }
  }, [first, session])

  useLayoutEffect(() => {
    const at = lost.current
    if (!at || first === undefined || first > at.seq) return
    lost.current = null
    const index = messages.findIndex(({ metadata }) => metadata.seq >= at.seq)
    list.current?.scrollToIndex(index, { align: 'start', offset: at.into })
  }, [messages, first, list])

  useEffect(() => {
    const box = scroller.current
    const note = () => {
      const shown = list.current
      if (!shown || lost.current) return
      const index = shown.findItemIndex(shown.scrollOffset)
      const seq = messages[index]?.metadata.seq
      const into = shown.scrollOffset - shown.getItemOffset(index)
      place.current = following.current || seq === undefined ? null : { seq, into }
    }
    // A listener of its own, added after the one that tells whether the reader follows.
    box?.addEventListener('scroll', note, { passive: true })
    return () => box?.removeEventListener('scroll', note)
  }, [messages, list, following, scroller])
}
