import type { Message } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { Lock } from 'lucide-react'
import { useState } from 'react'
import { announce } from '../parts/announcer.tsx'
import { Button } from '../parts/button.tsx'
import { tellRefusal } from '../parts/toasts.tsx'
import { sinceWords } from './since-words.ts'

/** So few are read faster than what they came to. */
const FEW = 3

export interface UnreadLineProps {
  count: number
  /** The first that is unread. */
  first: Message
  myId: string
  mayAsk: boolean
  /** The answer will stand at the end. */
  onAsked: () => void
}

/** Stands before what somebody missed, and offers to have it summed up for them alone. */
export default function UnreadLine({ count, first, myId, mayAsk, onAsked }: UnreadLineProps) {
  const session = useSession()
  const [asked, setAsked] = useState(false)
  const ask = () => {
    setAsked(true)
    session.prompt(sinceWords(first, myId), { audience: [myId] }).then(
      () => announce('Asked, for you alone'),
      (error: unknown) => {
        setAsked(false)
        tellRefusal(error)
      },
    )
    onAsked()
  }
  return (
    <div className="flex items-center gap-3 pt-4 pb-1 text-accent text-xs">
      <span className="h-px flex-1 bg-accent opacity-40" />
      <span className="font-medium">{count} unread</span>
      {mayAsk && !asked && count >= FEW && (
        <Button
          size="sm"
          kind="quiet"
          className="text-private"
          title="Asks the assistant, for you alone"
          onClick={ask}
        >
          <Lock size={12} aria-hidden />
          What happened since I left?
        </Button>
      )}
      <span className="h-px flex-1 bg-accent opacity-40" />
    </div>
  )
}
