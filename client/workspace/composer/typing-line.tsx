import { usePeople } from '@colloquy/client/react'
import { cleanName } from '../parts/names.ts'

const MOST = 2

export function TypingLine() {
  const { people, me } = usePeople()
  const typing = people.filter((person) => person.typing && person.id !== me?.id)
  if (typing.length === 0) return <span />
  const shown = typing.slice(0, MOST).map(({ name }) => cleanName(name))
  const rest = typing.length - shown.length
  const names = rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(' and ')
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span aria-hidden className="dot-pulse size-1.5 shrink-0 rounded-full bg-faint" />
      <span className="truncate">
        <bdi>{names}</bdi> {typing.length === 1 ? 'is' : 'are'} typing
      </span>
    </span>
  )
}
