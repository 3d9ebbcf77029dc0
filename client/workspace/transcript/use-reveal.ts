import type { Message } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { type RefObject, useEffect } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { useStore } from '../parts/store.ts'
import { tellRefusal, toast } from '../parts/toasts.tsx'
import { useAccount } from '../sign-in/account.ts'
import { takeMessage, watchAddress } from '../sign-in/entry.ts'
import { findMessage } from './find-message.ts'
import { markedMessage, wantedMessage } from './reveal.ts'

/** Long enough to be found by eye after the page has moved. */
const MARKED_MS = 3_000

/**
 * Scrolls to the message that somebody has asked to see, also by the address, over as many older pages as there are.
 * @returns true while it is looked for
 */
export function useReveal(
  messages: readonly Message[],
  list: RefObject<VirtualizerHandle | null>,
  following: RefObject<boolean>,
): boolean {
  const session = useSession()
  const wanted = useStore(wantedMessage)

  const { embedded } = useAccount()
  useEffect(() => {
    // The address of an app says nothing of ours.
    if (embedded === 'app') return
    const look = () => {
      const messageId = takeMessage(session.id)
      if (messageId !== null) wantedMessage.set(messageId)
    }
    look()
    return watchAddress(look)
  }, [session, embedded])

  useEffect(() => {
    if (wanted === null) return
    let over = false
    const giveUp = (tell: () => void) => {
      if (over || wantedMessage.read() !== wanted) return
      wantedMessage.set(null)
      tell()
    }
    session.ready
      .then(() => findMessage(session, wanted))
      .then((found) => {
        if (found === 'nowhere') giveUp(() => toast('That message is not here, or not yours to read.'))
        if (found === 'further') {
          const again = { label: 'Look further', run: () => wantedMessage.set(wanted) }
          giveUp(() => toast('That message is further back.', again))
        }
      })
      .catch((error: unknown) => giveUp(() => tellRefusal(error)))
    return () => {
      over = true
    }
  }, [wanted, session])

  useEffect(() => {
    if (wanted === null) return
    const index = messages.findIndex(({ id }) => id === wanted)
    if (index < 0) return
    wantedMessage.set(null)
    following.current = false
    list.current?.scrollToIndex(index, { align: 'center' })
    markedMessage.set(wanted)
    setTimeout(() => {
      if (markedMessage.read() === wanted) markedMessage.set(null)
    }, MARKED_MS)
  }, [wanted, messages, list, following])
  return wanted !== null
}
