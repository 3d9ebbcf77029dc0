import { Suspense, useCallback, useEffect, useState } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { PalettePlace } from './palette/palette-place.tsx'
import { Announcer } from './parts/announcer.tsx'
import { Boundary } from './parts/boundary.tsx'
import { Button } from './parts/button.tsx'
import { later, soon } from './parts/later.tsx'
import { sentenceFor } from './parts/refusals.ts'
import { Toasts } from './parts/toasts.tsx'
import { Rail } from './rail/rail.tsx'
import { NoSuchPage } from './screens/no-such-page.tsx'
import { Notice } from './screens/notice.tsx'
import { SessionScreen } from './screens/session.tsx'
import { SessionSkeleton } from './screens/session-skeleton.tsx'
import { AccountContext } from './sign-in/account.ts'
import { dropOffer, inviteOfAddress, offeredToken, sessionPath, takeEntry } from './sign-in/entry.ts'
import { useSignIn } from './sign-in/use-sign-in.ts'

// Each is a screen of its own that most visits do not see.
const Admin = later(() => import('./admin/admin.tsx'))
const Join = later(() => import('./screens/join.tsx'))
const SignedOut = soon(() => import('./screens/signed-out.tsx'))
const loadHome = () => import('./screens/home.tsx')
const Home = later(loadHome)
const Offered = later(() => import('./screens/offered.tsx'))

export function App() {
  return (
    <>
      <Boundary fallback={<Broken />}>
        <Suspense>
          <Screens />
        </Suspense>
      </Boundary>
      <Toasts />
      <Announcer />
    </>
  )
}

function Broken() {
  return (
    <Notice title="Something broke on this page" text="What you wrote and what was sent is kept.">
      <Button kind="fill" onClick={() => location.reload()}>
        Load it again
      </Button>
    </Notice>
  )
}

function Screens() {
  const { state, workspace, keepSignedIn } = useSignIn()
  const [, navigate] = useLocation()
  const [invite, setInvite] = useState(inviteOfAddress)
  const [offer, setOffer] = useState(offeredToken)
  const endOffer = useCallback(() => {
    dropOffer()
    setOffer(null)
  }, [])

  useEffect(() => {
    // A link pasted into an open tab changes only the fragment.
    const pasted = () => {
      if (location.hash.includes('token=')) {
        takeEntry()
        location.reload()
      }
      setInvite(inviteOfAddress())
    }
    addEventListener('hashchange', pasted)
    return () => removeEventListener('hashchange', pasted)
  }, [])

  const signedIn = state.step === 'in'
  useEffect(() => {
    // Most visits begin in a session; the way home is there also when the server is not.
    if (signedIn) loadHome().catch(() => undefined)
  }, [signedIn])

  const leaveInvite = useCallback(
    (path: string) => {
      setInvite(null)
      navigate(path, { replace: true })
    },
    [navigate],
  )

  if (offer !== null) {
    const accept = () => keepSignedIn(offer).finally(endOffer)
    return <Offered token={offer} onAccept={accept} onDecline={endOffer} />
  }
  if (state.step === 'asking') {
    return (
      <div className="flex h-full">
        <div className="hidden w-[232px] shrink-0 border-line border-r bg-side md:block" />
        <SessionSkeleton />
      </div>
    )
  }
  if (state.step === 'unreachable') {
    return (
      <Notice
        title="The server does not answer"
        text={`${sentenceFor(state.code)} This page keeps trying.`}
      />
    )
  }
  if (invite) {
    return (
      <Join
        invite={invite}
        workspace={workspace}
        me={state.step === 'in' ? state.account.me : null}
        keepSignedIn={keepSignedIn}
        onLeave={() => leaveInvite('/')}
        onJoined={(sessionId) => leaveInvite(sessionPath(sessionId))}
      />
    )
  }
  if (state.step === 'out') return <SignedOut refused={state.refused} onToken={keepSignedIn} />
  return (
    <AccountContext value={state.account}>
      <div className="flex h-full">
        <Rail />
        <Switch>
          <Route path="/">
            <Suspense fallback={<div className="flex-1" />}>
              <Home />
            </Suspense>
          </Route>
          <Route path="/s/:id">{({ id }) => <SessionScreen key={id} id={id} />}</Route>
          <Route path="/admin/:place?">
            {({ place }) => (
              <Suspense fallback={<div className="flex-1" />}>
                <Admin place={place} />
              </Suspense>
            )}
          </Route>
          <Route>
            <NoSuchPage />
          </Route>
        </Switch>
      </div>
      <PalettePlace />
    </AccountContext>
  )
}
