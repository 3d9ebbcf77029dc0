import type { ReactNode } from 'react'
import { Button } from '../parts/button.tsx'
import { sentenceFor } from '../parts/refusals.ts'
import { Notice } from '../screens/notice.tsx'
import { SessionScreen } from '../screens/session.tsx'
import { SessionSkeleton } from '../screens/session-skeleton.tsx'
import { AccountContext } from './account.ts'
import { type Given, useGivenAccount } from './use-given-account.ts'

/** One session, for whom the page around it says. @param children what else is inside the session */
export function GivenSession({
  given,
  session,
  children,
}: {
  given: Given
  session: string
  children?: ReactNode
}) {
  const { state, refresh } = useGivenAccount(given)
  if (state.step === 'asking') return <WaitingSession />
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
        <SessionScreen id={session}>{children}</SessionScreen>
      </div>
    </AccountContext>
  )
}

export function WaitingSession() {
  return (
    <div className="flex h-full">
      <SessionSkeleton />
    </div>
  )
}
