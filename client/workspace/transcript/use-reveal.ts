import type { Message } from '@colloquy/client'
import { type RefObject, useEffect } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { useStore } from '../parts/store.ts'
import { wantedMessage } from './reveal.ts'

/** Scrolls to the message that somebody has asked to see. */
export function useReveal(
  messages: readonly Message[],
  list: RefObject<VirtualizerHandle | null>,
  following: RefObject<boolean>,
): void {
  const wanted = useStore(wantedMessage)
  useEffect(() => {
    if (wanted === null) return
    wantedMessage.set(null)
    const index = messages.findIndex(({ id }) => id === wanted)
    if (index < 0) return
    following.current = false
    list.current?.scrollToIndex(index, { align: 'center' })
  }, [wanted, messages, list, following])
}
