import type { SearchHit } from '@colloquy/client/team'
import { EVERYONE } from '@colloquy/shared/audience'
import type { ReactNode } from 'react'
import { readersOf } from '../audience/reader-words.ts'
import { ReadersChip } from '../audience/readers-chip.tsx'
import { AssistantMark, Avatar } from '../parts/avatar.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName } from '../parts/names.ts'
import { exactTimeOf, timeOf } from '../parts/times.ts'
import { useAccount } from '../sign-in/account.ts'

/** A message that was found: what it says there, whose it is, where and when, and who else reads it. */
export function Hit({ hit }: { hit: SearchHit }) {
  const { userId: myId } = useAccount().me
  const { role, author, audience, readers, title, at } = hit
  const names = new Map(readers.map(({ id, name }) => [id, name]))
  const who = {
    myId,
    nameOf: (id: string) => names.get(id) ?? 'Somebody',
    isHere: (id: string) => names.has(id),
  }
  return (
    <>
      {role === 'user' ? <Avatar person={author} size={20} /> : <AssistantMark size={20} />}
      <span className="flex min-w-0 flex-1 flex-col">
        <span dir="auto" className="line-clamp-2 break-words">
          {withMarks(hit)}
        </span>
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-1.5 text-faint text-xs">
          <span>
            {role === 'assistant' && 'Answer for '}
            <Name>{author.name}</Name>
          </span>
          <span aria-hidden>·</span>
          <bdi className="min-w-0 truncate">{cleanName(title || 'Untitled session')}</bdi>
          <span aria-hidden>·</span>
          <time dateTime={new Date(at).toISOString()} title={exactTimeOf(at)}>
            {timeOf(at)}
          </time>
          {audience !== EVERYONE && <ReadersChip words={readersOf(audience, who)} />}
        </span>
      </span>
    </>
  )
}

/** What Markdown says how to show, and would only be in the way here. */
const MARKUP = /\*\*|`/g

function withMarks({ excerpt, marks }: SearchHit): ReactNode[] {
  const plain = (from: number, to?: number) => excerpt.slice(from, to).replace(MARKUP, '')
  const pieces: ReactNode[] = []
  let at = 0
  for (const [from, to] of marks) {
    pieces.push(
      plain(at, from),
      <mark key={from} className="rounded-[3px] bg-tint font-semibold text-accent">
        {excerpt.slice(from, to)}
      </mark>,
    )
    at = to
  }
  pieces.push(plain(at))
  return pieces
}
