import { CircleAlert, FileText, RotateCw, X } from 'lucide-react'
import { IconButton } from '../../parts/button.tsx'
import { cleanName } from '../../parts/names.ts'
import { preview } from '../../parts/preview.ts'
import type { Desk, Item } from './desk.ts'

/** What goes along with the next prompt. */
export function Chips({ desk, items, onDone }: { desk: Desk; items: readonly Item[]; onDone: () => void }) {
  return (
    <div className="px-2 pt-2">
      <ul aria-label="Attached" className="scroll flex max-h-[30dvh] flex-wrap gap-1.5">
        {items.map((item) => (
          <Chip
            key={item.key}
            item={item}
            onRetry={() => desk.retry(item.key)}
            onRemove={() => {
              desk.remove(item.key)
              onDone()
            }}
          />
        ))}
      </ul>
      <p className="pt-1 text-faint text-xs">Only the text is kept, for those who read the prompt.</p>
    </div>
  )
}

interface ChipProps {
  item: Item
  onRetry: () => void
  onRemove: () => void
}

function Chip({ item, onRetry, onRemove }: ChipProps) {
  const { state, share, problem, size, id } = item
  const title = cleanName(item.title)
  const failed = state === 'failed'
  const Icon = failed ? CircleAlert : FileText
  return (
    <li
      className={`relative flex max-w-full items-center gap-1.5 overflow-hidden rounded-md border pl-2 ${failed ? 'border-bad' : 'border-line-2'}`}
    >
      <Icon size={14} className={`shrink-0 ${failed ? 'text-bad' : 'text-faint'}`} aria-hidden />
      <span className="min-w-0 py-0.5 text-sm leading-4">
        {id === undefined ? (
          <bdi className="block max-w-52 truncate">{title}</bdi>
        ) : (
          <button
            type="button"
            className="block min-h-6 max-w-52 truncate rounded-sm hover:underline"
            onClick={() => preview({ id, title })}
          >
            <bdi>{title}</bdi>
          </button>
        )}
        {failed && <span className="block max-w-72 text-bad text-xs">{problem}</span>}
      </span>
      <span className="shrink-0 text-faint text-xs">{failed ? '' : stateWords(item, size)}</span>
      {state === 'sending' && (
        <span
          role="progressbar"
          aria-label={`Uploading ${title}`}
          aria-valuenow={Math.round(share * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
          className="absolute inset-x-0 bottom-0 h-0.5 bg-wash-2"
        >
          <span className="block h-full bg-accent" style={{ width: `${share * 100}%` }} />
        </span>
      )}
      <span className="flex shrink-0">
        {failed && item.retriable && (
          <IconButton label={`Try ${title} again`} onClick={onRetry}>
            <RotateCw size={13} aria-hidden />
          </IconButton>
        )}
        <IconButton label={`Remove ${title}`} onClick={onRemove}>
          <X size={13} aria-hidden />
        </IconButton>
      </span>
    </li>
  )
}

function stateWords({ state, share }: Item, size: number | undefined): string {
  if (state === 'waiting') return 'waits'
  if (state === 'sending') return share < 1 ? `${Math.round(share * 100)} %` : 'is read …'
  return size === undefined ? '' : sizeWords(size)
}

function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
