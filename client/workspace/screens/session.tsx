import type { Snapshot } from '@colloquy/client'
import { SessionProvider, SessionRoom, useConnection, useSession } from '@colloquy/client/react'
import { useCallback, useEffect, useRef } from 'react'
import { Composer, type ComposerHandle } from '../composer/composer.tsx'
import { type FirstPrompt, takeFirstPrompt } from '../composer/first-prompt.ts'
import { ConnectionLine } from '../header/connection-line.tsx'
import { Header } from '../header/header.tsx'
import { setOpenSession } from '../parts/open-session.ts'
import { isKept } from '../parts/refusals.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { QueueTray } from '../queue/tray.tsx'
import { touchSession } from '../rail/use-sessions.ts'
import { useAccount } from '../sign-in/account.ts'
import { Transcript } from '../transcript/transcript.tsx'
import { EmptySession } from './empty-session.tsx'
import { SessionEnded } from './session-ended.tsx'
import { SessionSkeleton } from './session-skeleton.tsx'

export function SessionScreen({ id }: { id: string }) {
  const { auth, me, round } = useAccount()
  return (
    // Another person is another provider: nothing of the one before is shown to them. So is another sign-in, for
    // what has ended without one.
    <SessionProvider key={`${me.userId} ${round}`} url="/" auth={auth}>
      <SessionRoom id={id} fallback={<SessionSkeleton />}>
        <OpenSession />
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
  if (state === 'ended' && reason !== 'CLOSED') return <SessionEnded reason={reason ?? 'CLOSED'} />
  return <LiveSession />
}

function LiveSession() {
  const session = useSession()
  const composer = useRef<ComposerHandle>(null)

  const ask = useCallback(
    ({ text, model }: FirstPrompt) => {
      session.prompt(text, model === undefined ? {} : { model }).catch((error: unknown) => {
        tellRefusal(error)
        if (!isKept(error)) composer.current?.giveBack(text)
      })
    },
    [session],
  )
  useEffect(() => {
    const first = takeFirstPrompt(session.id)
    if (first) ask(first)
    if (matchMedia('(pointer: fine)').matches) composer.current?.focus()
  }, [session, ask])

  useEffect(() => {
    const newest = ({ messages }: Snapshot) => messages.at(-1)?.metadata.seq ?? 0
    let before = session.snapshot()
    return session.subscribe((snapshot) => {
      // Not for what was said before, and is only read now.
      const live = before.connection.state === 'live'
      if (live && newest(snapshot) > newest(before)) touchSession(session.id)
      before = snapshot
    })
  }, [session])

  const retry = useCallback((text: string) => ask({ text }), [ask])
  const toComposer = useCallback(() => composer.current?.focus(), [])
  const write = (text: string, focus = true) => {
    composer.current?.giveBack(text)
    if (focus) composer.current?.focus()
  }
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <Header />
      <ConnectionLine />
      <Transcript empty={<EmptySession onPick={write} />} onRetry={retry} onDone={toComposer} />
      <footer className="mx-auto w-full max-w-[776px] shrink-0 px-2 pb-[max(4px,env(safe-area-inset-bottom))] md:px-4">
        <QueueTray onTakeBack={write} onDone={toComposer} />
        <Composer ref={composer} />
      </footer>
    </div>
  )
}
