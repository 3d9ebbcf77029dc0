import type { SessionSummary } from '@colloquy/client/team'
import { useUnreadOf } from '../catch-up/use-unread-of.ts'
import { Avatar } from '../parts/avatar.tsx'
import { cleanName } from '../parts/names.ts'
import { agoOf } from '../parts/times.ts'
import { useOthersIn } from './use-others-in.ts'

/** Faces that a row has room for, and the most that is counted. */
const FACES = 3
const COUNTED = 99

/** At the end of a row: who is there, what one has not read, or when something last happened. */
export function SessionNews({ session, open = false }: { session: SessionSummary; open?: boolean }) {
  const others = useOthersIn()(session)
  const unread = useUnreadOf()(session)
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      {others.length > 0 && (
        <span className="flex gap-0.5" title={others.map(({ name }) => cleanName(name)).join(', ')}>
          {others.slice(0, FACES).map((person) => (
            <Avatar key={person.id} person={person} size={20} />
          ))}
          <span className="sr-only">
            , {others.map(({ name }) => cleanName(name)).join(', ')} {others.length === 1 ? 'is' : 'are'} here
          </span>
        </span>
      )}
      {unread > 0 && !open ? (
        <span className="grid h-[18px] min-w-[18px] place-items-center rounded-full bg-fill px-1.5 font-semibold text-[11px] text-on-fill tabular-nums">
          {unread > COUNTED ? `${COUNTED}+` : unread}
          <span className="sr-only"> unread</span>
        </span>
      ) : (
        others.length === 0 && <span className="text-faint text-xs">{agoOf(session.activeAt)}</span>
      )}
    </span>
  )
}
