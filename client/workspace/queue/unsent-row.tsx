import type { Audience, UnsentPrompt } from '@colloquy/client'
import { useConnection } from '@colloquy/client/react'
import { CircleAlert, Clock3, CornerDownLeft, X } from 'lucide-react'
import { ReadersChip } from '../audience/readers-chip.tsx'
import { IconButton } from '../parts/button.tsx'
import { sentenceFor } from '../parts/refusals.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { lineOf } from '../transcript/words.ts'

export interface UnsentRowProps {
  prompt: UnsentPrompt
  /** Who would read it; null: everyone. */
  readers: string | null
  onTakeBack: (text: string, audience: Audience) => void
}

/** A prompt that the server does not have yet, or that it did not take. */
export function UnsentRow({ prompt, readers, onTakeBack }: UnsentRowProps) {
  const { commandId, text, audience, refused } = prompt
  const { discard } = useConnection()
  const Icon = refused === undefined ? Clock3 : CircleAlert
  const takeBack = async () => {
    // Meanwhile it may have reached the server, and stands in the queue.
    if (await discard(commandId)) onTakeBack(text, audience)
  }
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-2 pr-1.5 pl-3 text-sm">
      <span className="grid w-5 shrink-0 place-items-center">
        <Icon size={14} className={refused === undefined ? 'text-faint' : 'text-bad'} aria-hidden />
      </span>
      <span className="shrink-0 font-medium">You</span>
      <span className="min-w-0 flex-1 truncate text-dim" dir="auto">
        {lineOf(text)}
      </span>
      {readers !== null && <ReadersChip words={readers} className="max-w-[40%] shrink-0" />}
      {refused === undefined && (
        <span className="hidden shrink-0 text-faint text-xs sm:inline">Waits to be sent</span>
      )}
      <span className="flex shrink-0">
        <IconButton label="Back into the composer" onClick={() => takeBack().catch(tellRefusal)}>
          <CornerDownLeft size={14} aria-hidden />
        </IconButton>
        <IconButton label="Discard" onClick={() => discard(commandId).catch(tellRefusal)}>
          <X size={14} aria-hidden />
        </IconButton>
      </span>
      {refused !== undefined && <p className="w-full pb-1.5 pl-7 text-bad text-xs">{sentenceFor(refused)}</p>}
    </div>
  )
}
