import { useSession } from '@colloquy/client/react'
import { useCallback, useEffect, useRef } from 'react'
import { useAccount } from '../sign-in/account.ts'
import { missed } from './missed.ts'
import type { News } from './news.ts'
import { notify } from './notify.ts'
import { useApprovalNews } from './use-approval-news.ts'
import { useMessageNews } from './use-message-news.ts'
import { useReadyNews } from './use-ready-news.ts'

/** Says what happens to those who listen, and tells it outside of a tab that nobody sees. */
export default function SessionNews() {
  const session = useSession()
  const { me, embedded } = useAccount()
  const { userId } = me
  const told = useRef(new Set<string>())
  const tell = useCallback(
    (news: News) => {
      const thing = `${news.kind} ${news.id}`
      if (told.current.has(thing)) return
      told.current.add(thing)
      // In a page that is somebody else's, title and notifications are that page's.
      if (embedded || document.visibilityState === 'visible') return
      // Approvals are in the title for as long as they wait.
      if (news.kind !== 'approval') missed.set(missed.read() + 1)
      notify(news, userId, session.snapshot().title)
    },
    [session, userId, embedded],
  )
  useReadyNews(tell)
  useApprovalNews(userId, tell)
  useMessageNews(tell)
  useEffect(() => {
    const seen = () => document.visibilityState === 'visible' && missed.set(0)
    document.addEventListener('visibilitychange', seen)
    return () => {
      document.removeEventListener('visibilitychange', seen)
      missed.set(0)
    }
  }, [])
  return null
}
