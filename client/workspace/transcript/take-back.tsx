import type { Message } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { Confirm } from '../parts/dialog.tsx'
import { tellRefusal } from '../parts/toasts.tsx'

export interface TakeBackProps {
  message: Message
  onClose: () => void
  /** The button that opened it goes with the text. */
  onRetract: () => void
}

/** Asks before a message's text is destroyed. */
export default function TakeBack({ message, onClose, onRetract }: TakeBackProps) {
  const session = useSession()
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
