import type { Audience, Snapshot } from '@colloquy/client'
import { SessionProvider, SessionRoom, useConnection, useSession } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { type ReactNode, Suspense, useCallback, useEffect, useRef } from 'react'
import { Composer, type ComposerHandle } from '../composer/composer.tsx'
import { type FirstPrompt, takeFirstPrompt } from '../composer/first-prompt.ts'
import { ConnectionLine } from '../header/connection-line.tsx'
import { Header } from '../header/header.tsx'
import { ResourcePreview } from '../panel/resource-preview.tsx'
import { SidePanel } from '../panel/side-panel.tsx'
import { soon } from '../parts/later.tsx'
import { setOpenSession } from '../parts/open-session.ts'
import { isKept } from '../parts/refusals.ts'
import { useSlots } from '../parts/slots.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { SlowToShrink } from '../queue/slow-to-shrink.tsx'
import { QueueTray } from '../queue/tray.tsx'
import { touchSession } from '../rail/use-sessions.ts'
import { useAccount } from '../sign-in/account.ts'
import { Transcript, type TranscriptHandle } from '../transcript/transcript.tsx'
import { SessionSkeleton } from './session-skeleton.tsx'

const EmptySession = soon(() => import('./empty-session.tsx'))
const SessionEnded = soon(() => import('./session-ended.tsx'))

/** @param children what else is inside the session */
export function SessionScreen({ id, children }: { id: string; children?: ReactNode }) {
  const { url, auth, me, round, embedded } = useAccount()
  return (
    // Another person is another provider: nothing of the one before is shown to them. So is another sign-in, for
    // what has ended without one.
    // In an app no transcript is kept: people sign out of it in its own way.
    <SessionProvider
      key={`${me.userId} ${round}`}
      url={url}
      auth={auth}
      persist={embedded ? false : undefined}
    >
      <SessionRoom id={id} fallback={<SessionSkeleton />}>
        <OpenSession />
        {children}
      </SessionRoom>
    </SessionProvider>
  )
}

function OpenSession() {
  const session = useSession()
  const { state, reason } = useConnection()
  useEffect(() => {
    setOpenSession(session)
    return () => setOpenSession(null)
  }, [session])
  // Leaving the page closes the session: that is no end worth a screen.
  if (state === 'ended' && reason !== 'CLOSED') {
    return (
      <Suspense>
        <SessionEnded reason={reason ?? 'CLOSED'} />
      </Suspense>
    )
  }
  return <LiveSession />
}

function LiveSession() {
  const slots = useSlots()
  const Empty = slots.Empty ?? EmptySession
  const session = useSession()
  const { embedded } = useAccount()
  const composer = useRef<ComposerHandle>(null)
  const transcript = useRef<TranscriptHandle>(null)

  const ask = useCallback(
    ({ text, model }: FirstPrompt, audience: Audience) => {
      session
        .prompt(text, { audience, ...(model === undefined ? {} : { model }) })
        .catch((error: unknown) => {
          tellRefusal(error)
          if (!isKept(error)) composer.current?.giveBack(text, audience)
        })
    },
    [session],
  )
  useEffect(() => {
    const first = takeFirstPrompt(session.id)
    if (first) ask(first, EVERYONE)
    // Not out of the page around a frame.
    if (!embedded && matchMedia('(pointer: fine)').matches) composer.current?.focus()
  }, [session, ask, embedded])

  useEffect(() => {
    const said = ({ lanes }: Snapshot) => lanes.reduce((sum, { lastSeq }) => sum + lastSeq, 0)
    let before = session.snapshot()
    return session.subscribe((snapshot) => {
      // Not for what was said before, and is only read now.
      const live = before.connection.state === 'live'
      if (live && said(snapshot) > said(before)) touchSession(session.id, { activeAt: Date.now() })
      if (snapshot.people !== before.people) touchSession(session.id, { here: [...snapshot.people] })
      before = snapshot
    })
  }, [session])

  const toComposer = useCallback(() => composer.current?.focus(), [])
  const turnTo = useCallback((audience: Audience) => {
    composer.current?.turnTo(audience)
    composer.current?.focus()
  }, [])
  const takeBack = (text: string, audience: Audience, focus = true) => {
    composer.current?.giveBack(text, audience)
    if (focus) composer.current?.focus()
  }
  const write = (text: string) => {
    composer.current?.giveBack(text)
    composer.current?.focus()
  }
  return (
    <>
      <div className="flex min-w-0 flex-1 flex-col">
        {slots.Header ? <slots.Header /> : <Header />}
        <ConnectionLine />
        <Transcript
          ref={transcript}
          empty={
            <Suspense>
              <Empty onPick={write} />
            </Suspense>
          }
          onTurnTo={turnTo}
          onDone={toComposer}
        />
        <footer className="mx-auto w-full max-w-[776px] shrink-0 px-2 pb-[max(4px,env(safe-area-inset-bottom))] md:px-4">
          <SlowToShrink>
            <QueueTray onTakeBack={takeBack} onDone={toComposer} />
          </SlowToShrink>
          <Composer ref={composer} onSent={() => transcript.current?.toEnd()} />
        </footer>
      </div>
      <SidePanel />
      <ResourcePreview />
    </>
  )
}
