import { useConnection } from '@colloquy/client/react'
import { useEffect } from 'react'
import { Boundary } from '../parts/boundary.tsx'
import { Button } from '../parts/button.tsx'
import { sentenceFor } from '../parts/refusals.ts'
import { Notice } from '../screens/notice.tsx'
import { SessionScreen } from '../screens/session.tsx'
import { SessionSkeleton } from '../screens/session-skeleton.tsx'
import { AccountContext } from '../sign-in/account.ts'
import { sessionPath } from '../sign-in/entry.ts'
import type { Host } from './host.ts'
import { useEmbeddedAccount } from './use-embedded-account.ts'
import { useHost } from './use-host.ts'

export function Embedded({ session }: { session: string }) {
  const host = useHost()
  if (host === null) return <Waiting />
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

function Waiting() {
  return (
    <div className="flex h-full">
      <SessionSkeleton />
    </div>
  )
}

function AsGuestOf({ host, session }: { host: Host; session: string }) {
  const { state, refresh } = useEmbeddedAccount(host)
  if (state.step === 'asking') return <Waiting />
  if (state.step === 'out') {
    return (
      <Notice
        title="You are not signed in"
        text="The app around this has to say who you are, and its word has lapsed or is none."
      >
        <Button kind="fill" onClick={refresh}>
          Try again
        </Button>
      </Notice>
    )
  }
  if (state.step === 'unreachable') {
    const mute = state.code === 'AUTH_FAILED'
    return (
      <Notice
        title={mute ? 'Nobody is signed in yet' : 'The server does not answer'}
        text={`${mute ? 'The app around this has not said who you are.' : sentenceFor(state.code)} This page keeps trying.`}
      />
    )
  }
  return (
    <AccountContext value={state.account}>
      <div className="flex h-full">
        <SessionScreen id={session}>
          <Told host={host} />
        </SessionScreen>
      </div>
    </AccountContext>
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
