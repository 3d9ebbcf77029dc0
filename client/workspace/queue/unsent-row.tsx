import type { UnsentPrompt } from '@colloquy/client'
import { useConnection } from '@colloquy/client/react'
import { CircleAlert, Clock3, CornerDownLeft, X } from 'lucide-react'
import { IconButton } from '../parts/button.tsx'
import { sentenceFor } from '../parts/refusals.ts'
import { tellRefusal } from '../parts/toasts.tsx'

export interface UnsentRowProps {
  prompt: UnsentPrompt
  onTakeBack: (text: string) => void
}

/** A prompt that the server does not have yet, or that it did not take. */
export function UnsentRow({ prompt: { commandId, text, refused }, onTakeBack }: UnsentRowProps) {
  const { discard } = useConnection()
  const drop = () => discard(commandId).catch(tellRefusal)
  const Icon = refused === undefined ? Clock3 : CircleAlert
  return (
    <div className="flex min-h-8 items-center gap-2 pr-1.5 pl-3 text-sm">
      <span className="grid w-5 shrink-0 place-items-center">
        <Icon size={14} className={refused === undefined ? 'text-faint' : 'text-bad'} aria-hidden />
      </span>
      <span className="shrink-0 font-medium">You</span>
      <span className="min-w-0 flex-1 truncate text-dim" dir="auto">
        {text}
      </span>
      <span
        className={`hidden shrink-0 text-xs sm:inline ${refused === undefined ? 'text-faint' : 'text-bad'}`}
      >
        {refused === undefined ? 'Waits to be sent' : sentenceFor(refused)}
      </span>
      <span className="flex shrink-0">
        <IconButton
          label="Back into the composer"
          onClick={() => {
            onTakeBack(text)
            drop()
          }}
        >
          <CornerDownLeft size={14} aria-hidden />
        </IconButton>
        <IconButton label="Discard" onClick={drop}>
          <X size={14} aria-hidden />
        </IconButton>
      </span>
    </div>
  )
}
