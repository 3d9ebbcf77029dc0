import { type Draft, useConnection } from '@colloquy/client/react'
import { UsersRound } from 'lucide-react'
import { tellRefusal } from '../parts/toasts.tsx'
import type { ShownDraft } from './use-shown-draft.ts'

export interface WriteTogetherProps {
  own: Draft
  draft: ShownDraft
  onDone: () => void
}

/** Moves the draft to where everyone who may ask can write in it, and back. */
export function WriteTogether({ own, draft, onDone }: WriteTogetherProps) {
  const { state } = useConnection()
  const toggle = () => {
    const done = draft.shared ? draft.leave() : own.share()
    done.then(onDone, tellRefusal)
  }
  return (
    <button
      type="button"
      aria-pressed={draft.shared !== null}
      onClick={toggle}
      disabled={state !== 'live'}
      title={draft.shared ? 'Write alone again' : 'Others here can write this prompt with you'}
      className="flex h-7 shrink-0 items-center gap-1.5 rounded-sm px-2 font-medium text-dim text-sm transition-colors hover:bg-wash hover:text-ink disabled:text-faint aria-pressed:bg-tint aria-pressed:text-accent"
    >
      <UsersRound size={14} aria-hidden />
      <span className="max-sm:sr-only">Write together</span>
    </button>
  )
}
