import type { Message } from '@colloquy/client'
import { ReadersChip } from '../audience/readers-chip.tsx'
import { Name } from '../parts/name.tsx'
import { exactTimeOf, timeOf } from '../parts/times.ts'

export interface BylineProps {
  message: Message
  /** Null: everyone. */
  readers: string | null
  /** Null: its readers cannot be asked from here. */
  onTurnTo: (() => void) | null
}

/** Who says it, when, and who else reads it. */
export function Byline({ message: { role, metadata }, readers, onTurnTo }: BylineProps) {
  const { author, at } = metadata
  return (
    <p className="flex min-w-0 items-baseline gap-2 pointer-coarse:pr-8">
      {role === 'user' ? (
        <Name className="min-w-0 truncate font-semibold">{author.name}</Name>
      ) : (
        <span className="min-w-0 truncate font-semibold">
          Assistant{' '}
          <span className="font-normal text-faint text-sm">
            for <Name>{author.name}</Name>
          </span>
        </span>
      )}
      <time
        dateTime={new Date(at).toISOString()}
        title={exactTimeOf(at)}
        className="shrink-0 text-faint text-xs"
      >
        {timeOf(at)}
      </time>
      {readers !== null && (
        <ReadersChip words={readers} {...(onTurnTo ? { onClick: onTurnTo } : {})} className="-my-1" />
      )}
    </p>
  )
}
