import { useConnection } from '@colloquy/client/react'
import { useEffect, useMemo } from 'react'
import { Boundary } from '../parts/boundary.tsx'
import { Button } from '../parts/button.tsx'
import { Notice } from '../screens/notice.tsx'
import { sessionPath } from '../sign-in/entry.ts'
import { GivenSession, WaitingSession } from '../sign-in/given-session.tsx'
import type { Given } from '../sign-in/use-given-account.ts'
import type { Host } from './host.ts'
import { useHost } from './use-host.ts'

export function Embedded({ session }: { session: string }) {
  const host = useHost()
  if (host === null) return <WaitingSession />
  if (host === 'nobody') {
    return (
      <Notice title="This page is for frames" text="It shows a session inside of another app.">
        <a href={sessionPath(session)} className="text-accent underline underline-offset-2">
          Open the session itself
        </a>
      </Notice>
    )
  }
  const broken = (
    <Notice title="Something broke on this page" text="What you wrote and what was sent is kept.">
      <Button kind="fill" onClick={() => location.reload()}>
        Load it again
      </Button>
    </Notice>
  )
  return (
    <Boundary fallback={broken}>
      <AsGuestOf host={host} session={session} />
    </Boundary>
  )
}

function AsGuestOf({ host, session }: { host: Host; session: string }) {
  const given = useMemo<Given>(() => {
    const onSignedOut = () => host.tell({ colloquy: 'ended', reason: 'UNAUTHENTICATED' })
    return { url: '/', auth: host.token, embedded: 'frame', onSignedOut }
  }, [host])
  return (
    <GivenSession given={given} session={session}>
      <Told host={host} />
    </GivenSession>
  )
}

/** Tells the app around this how its session is. */
function Told({ host }: { host: Host }) {
  const { state, reason = 'REFUSED' } = useConnection()
  const ready = state === 'live'
  const ended = state === 'ended' && reason !== 'CLOSED'
  useEffect(() => {
    if (ready) host.tell({ colloquy: 'ready' })
  }, [host, ready])
  useEffect(() => {
    if (ended) host.tell({ colloquy: 'ended', reason })
  }, [host, ended, reason])
  return null
}
