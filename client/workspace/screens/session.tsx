import {
  SessionProvider,
  SessionRoom,
  useConnection,
  useDraft,
  useSession,
  useSessionChat,
} from '@colloquy/client/react'
import { useCallback, useEffect, useRef } from 'react'
import { Composer } from '../composer/composer.tsx'
import { takeFirstPrompt } from '../composer/first-prompt.ts'
import { ConnectionLine } from '../header/connection-line.tsx'
import { Header } from '../header/header.tsx'
import { setOpenSession } from '../parts/open-session.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { QueueTray } from '../queue/tray.tsx'
import { useAccount } from '../sign-in/account.ts'
import { Transcript } from '../transcript/transcript.tsx'
import { EmptySession } from './empty-session.tsx'
import { SessionEnded } from './session-ended.tsx'
import { SessionSkeleton } from './session-skeleton.tsx'

export function SessionScreen({ id }: { id: string }) {
  const { auth, me } = useAccount()
  return (
    // Another person is another provider: nothing of the one before is shown to them.
    <SessionProvider key={me.userId} url="/" auth={auth}>
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
  const { id, sendMessage } = useSessionChat()
  const { text, setText } = useDraft()
  const focusRef = useRef<(() => void) | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for a session
  useEffect(() => {
    const first = takeFirstPrompt(id)
    if (first)
      sendMessage(first.text, first.model === undefined ? {} : { model: first.model }).catch(tellRefusal)
    if (matchMedia('(pointer: fine)').matches) focusRef.current?.()
  }, [id])

  const ask = useCallback((question: string) => sendMessage(question).catch(tellRefusal), [sendMessage])
  const write = (more: string) => {
    setText(text.trim() === '' ? more : `${text}\n\n${more}`)
    focusRef.current?.()
  }
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <Header />
      <ConnectionLine />
      <Transcript empty={<EmptySession onPick={write} />} onRetry={ask} />
      <footer className="mx-auto w-full max-w-[776px] shrink-0 px-2 pb-[max(4px,env(safe-area-inset-bottom))] md:px-4">
        <QueueTray onTakeBack={write} onDone={() => focusRef.current?.()} />
        <Composer focusRef={focusRef} />
      </footer>
    </div>
  )
}
