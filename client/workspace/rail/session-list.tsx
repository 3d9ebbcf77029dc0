import type { SessionSummary } from '@colloquy/client/team'
import { Link, useRoute } from 'wouter'
import { cleanName } from '../parts/names.ts'
import { sessionPath } from '../sign-in/entry.ts'
import { SessionNews } from './session-news.tsx'
import { useOthersIn } from './use-others-in.ts'
import { useSessions } from './use-sessions.ts'

const BARS = ['w-4/5', 'w-3/5', 'w-2/3']

/** The person's sessions: first those that others have open now. */
export function SessionList() {
  const sessions = useSessions()
  const othersIn = useOthersIn()
  if (sessions === null) {
    return (
      <div aria-hidden className="flex flex-col gap-3 px-2 pt-9">
        {BARS.map((width) => (
          <span key={width} className={`skeleton h-3 ${width}`} />
        ))}
      </div>
    )
  }
  if (sessions.length === 0) {
    return <p className="px-2 pt-2 text-faint text-sm">Sessions that you start or join appear here.</p>
  }
  const isLive = (session: SessionSummary) => othersIn(session).length > 0
  return (
    <>
      <Group title="Live now" sessions={sessions.filter(isLive)} />
      <Group title="Recent" sessions={sessions.filter((session) => !isLive(session))} />
    </>
  )
}

function Group({ title, sessions }: { title: string; sessions: readonly SessionSummary[] }) {
  const [, params] = useRoute('/s/:id')
  if (sessions.length === 0) return null
  return (
    <>
      <h2 className="px-2 pt-2 pb-1 font-medium text-faint text-xs">{title}</h2>
      <ul>
        {sessions.map((session) => (
          <li key={session.id}>
            <Link
              href={sessionPath(session.id)}
              aria-current={params?.id === session.id ? 'page' : undefined}
              className="flex h-8 items-center gap-2 rounded-md px-2 text-dim text-sm transition-colors hover:bg-wash hover:text-ink aria-[current=page]:bg-wash-2 aria-[current=page]:font-medium aria-[current=page]:text-ink"
            >
              <span className="min-w-0 flex-1 truncate" dir="auto">
                {cleanName(session.title || 'Untitled session')}
              </span>
              <SessionNews session={session} open={params?.id === session.id} />
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}
