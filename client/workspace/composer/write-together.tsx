import { type Draft, useConnection } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { UsersRound } from 'lucide-react'
import type { Choice } from '../audience/choice.ts'
import { listOf, pickedName } from '../audience/reader-words.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import type { ShownDraft } from './use-shown-draft.ts'

export interface WriteTogetherProps {
  own: Draft
  draft: ShownDraft
  choice: Choice
  /** The lane on whose board one would write; null: these readers have none yet. */
  boardId: string | null
  onDone: () => void
}

/** Moves the draft to where all its readers who may ask can write in it, and back. */
export default function WriteTogether({ own, draft, choice, boardId, onDone }: WriteTogetherProps) {
  const { state } = useConnection()
  if (choice.length === 0) return null
  const toggle = () => {
    const done = draft.shared ? draft.leave() : own.share()
    done.then(onDone, tellRefusal)
  }
  return (
    <button
      type="button"
      aria-pressed={draft.shared !== null}
      onClick={toggle}
      disabled={state !== 'live' || boardId === null}
      title={draft.shared ? 'Write alone again' : offer(choice, boardId)}
      className={`flex h-7 shrink-0 items-center gap-1.5 rounded-sm px-2 font-medium text-dim text-sm transition-colors hover:bg-wash hover:text-ink disabled:text-faint ${choice === EVERYONE ? 'aria-pressed:bg-tint aria-pressed:text-accent' : 'aria-pressed:bg-private-tint aria-pressed:text-private'}`}
    >
      <UsersRound size={14} aria-hidden />
      <span className="max-sm:sr-only">Write together</span>
    </button>
  )
}

function offer(choice: Choice, boardId: string | null): string {
  if (boardId === null) return 'Once one of you has asked something here, you can write together'
  const who = choice === EVERYONE ? 'Others here' : listOf(choice.map(({ id, name }) => pickedName(id, name)))
  return `${who} can write this prompt with you`
}
