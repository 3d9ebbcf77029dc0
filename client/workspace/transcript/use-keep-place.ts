import type { Message } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { tellRefusal } from '../parts/toasts.tsx'

/** Pages that are read to get back to a place; past them the reader scrolls. */
const MOST_PAGES = 20

interface Place {
  laneId: string
  seq: number
  /** Pixels of that message above the edge. */
  into: number
}

/**
 * When the server starts a new segment of a lane, what the snapshot has of it begins later than before. Whoever was
 * reading what has left it is taken back there, over the older pages.
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

  useLayoutEffect(() => {
    const at = place.current
    if (lost.current || !at || !isBefore(at, messages)) return
    lost.current = at
    readBackTo(at)
      .catch(tellRefusal)
      .finally(() => {
        lost.current = null
      })
    async function readBackTo(wanted: Place): Promise<void> {
      for (let page = 0; page < MOST_PAGES; page++) {
        if (!isBefore(wanted, session.snapshot().messages) || !(await session.older()).more) return
      }
    }
  }, [messages, session])

  useLayoutEffect(() => {
    const at = lost.current
    if (!at || isBefore(at, messages)) return
    const index = messages.findIndex(({ laneId, metadata: { seq } }) => laneId === at.laneId && seq >= at.seq)
    if (index < 0) return
    lost.current = null
    list.current?.scrollToIndex(index, { align: 'start', offset: at.into })
  }, [messages, list])

  useEffect(() => {
    const box = scroller.current
    const note = () => {
      const shown = list.current
      if (!shown || lost.current) return
      const index = shown.findItemIndex(shown.scrollOffset)
      const message = messages[index]
      const into = shown.scrollOffset - shown.getItemOffset(index)
      place.current =
        following.current || !message ? null : { laneId: message.laneId, seq: message.metadata.seq, into }
    }
    // A listener of its own, added after the one that tells whether the reader follows.
    box?.addEventListener('scroll', note, { passive: true })
    return () => box?.removeEventListener('scroll', note)
  }, [messages, list, following, scroller])
}

/** True where what is here of the lane begins after that place. */
function isBefore({ laneId, seq }: Place, messages: readonly Message[]): boolean {
  const first = messages.find((message) => message.laneId === laneId)
  return first !== undefined && first.metadata.seq > seq
}
