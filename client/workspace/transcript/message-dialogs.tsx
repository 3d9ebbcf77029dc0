import type { Message } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { Suspense } from 'react'
import { Confirm } from '../parts/dialog.tsx'
import { later } from '../parts/later.tsx'
import { tellRefusal } from '../parts/toasts.tsx'

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

/** Asks before anything is done. */
export function MessageDialogs({ act, onClose, onRetract }: MessageDialogsProps) {
  const session = useSession()
  if (act === null) return null
  const { kind, message } = act
  if (kind === 'retract') {
    return (
      <Confirm
        title="Take it back?"
        text={
          message.role === 'user'
            ? 'Its text disappears for all who read it, from copies too, and later answers no longer see it. That cannot be undone.'
            : 'The answer’s text disappears for all who read it, from copies too. That cannot be undone.'
        }
        action="Take it back"
        onClose={onClose}
        onConfirm={() => {
          onClose()
          onRetract()
          session.retract(message.id).catch(tellRefusal)
        }}
      />
    )
  }
  const Asked = kind === 'share' ? ShareMessage : Fork
  return (
    <Suspense>
      <Asked message={message} onClose={onClose} />
    </Suspense>
  )
}
