import type { QueueEntry } from '@colloquy/client'
import { GripVertical, Pencil, X } from 'lucide-react'
import type { ComponentProps, Ref } from 'react'
import { ReadersChip } from '../audience/readers-chip.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { IconButton } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'
import { reasonFor } from '../parts/refusals.ts'
import { lineOf } from '../transcript/words.ts'
import { isWhole } from './whole.ts'

export interface QueueRowProps {
  ref: Ref<HTMLLIElement>
  entry: QueueEntry
  /** In its lane. */
  place: number
  /** Who reads it; null: everyone. */
  readers: string | null
  mine: boolean
  dragged: boolean
  dropBefore: boolean
  dropAfter: boolean
  /** Null: there is nothing to change places with. */
  handle: ComponentProps<'button'> | null
  handleLabel: string
  onEdit: () => void
  onWithdraw: () => void
}

export function QueueRow({
  ref,
  entry,
  place,
  readers,
  mine,
  handle,
  handleLabel,
  onEdit,
  onWithdraw,
  ...drag
}: QueueRowProps) {
  const { author, text, state, reason } = entry
  const line = drag.dropBefore
    ? 'before:absolute before:inset-x-2 before:top-0 before:h-0.5 before:rounded-full before:bg-accent'
    : drag.dropAfter
      ? 'after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 after:rounded-full after:bg-accent'
      : ''
  return (
    <li
      ref={ref}
      className={`group relative flex min-h-8 items-center gap-2 pr-1.5 pl-3 text-sm hover:bg-wash ${line} ${drag.dragged ? 'bg-wash-2' : ''}`}
    >
      <span className="w-5 shrink-0 text-center text-faint text-xs">{place}</span>
      <Avatar person={author} size={20} />
      <span className="shrink-0 font-medium">{mine ? 'You' : <Name>{author.name}</Name>}</span>
      <span className="min-w-0 flex-1 truncate text-dim" dir="auto" title={text}>
        {lineOf(text)}
      </span>
      {readers !== null && <ReadersChip words={readers} className="max-w-[40%] shrink-0" />}
      {state === 'held' && (
        <span className="shrink-0 text-faint text-xs">held{reason ? `: ${reasonFor(reason)}` : ''}</span>
      )}
      {mine && (
        <span className="flex shrink-0">
          {isWhole(text) && (
            <IconButton label="Edit" onClick={onEdit}>
              <Pencil size={13} aria-hidden />
            </IconButton>
          )}
          <IconButton label="Withdraw" onClick={onWithdraw}>
            <X size={14} aria-hidden />
          </IconButton>
          {handle && (
            <button
              type="button"
              {...handle}
              aria-label={handleLabel}
              title="Drag, or use the arrow keys"
              className="grid size-7 cursor-grab touch-none place-items-center rounded-sm text-faint hover:bg-wash-2 hover:text-ink active:cursor-grabbing"
            >
              <GripVertical size={14} aria-hidden />
            </button>
          )}
        </span>
      )}
    </li>
  )
}
