import type { Message } from '@colloquy/client'
import { Suspense } from 'react'
import { later } from '../parts/later.tsx'

/** What somebody is about to do with a message. */
export interface Act {
  kind: 'retract' | 'share' | 'fork'
  message: Message
}

export interface MessageDialogsProps {
  act: Act | null
  onClose: () => void
  /** The button that opened it goes with the text. */
  onRetract: () => void
}

const ShareMessage = later(() => import('../share/share-message.tsx'))
const Fork = later(() => import('../share/fork.tsx'))
const TakeBack = later(() => import('./take-back.tsx'))

/** Asks before anything is done. */
export function MessageDialogs({ act, onClose, onRetract }: MessageDialogsProps) {
  if (act === null) return null
  const { kind, message } = act
  return (
    <Suspense>
      {kind === 'retract' && <TakeBack message={message} onClose={onClose} onRetract={onRetract} />}
      {kind === 'share' && <ShareMessage message={message} onClose={onClose} />}
      {kind === 'fork' && <Fork message={message} onClose={onClose} />}
    </Suspense>
  )
}
