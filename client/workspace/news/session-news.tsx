import { useSession } from '@colloquy/client/react'
import { useCallback, useEffect } from 'react'
import { useAccount } from '../sign-in/account.ts'
import { missed } from './missed.ts'
import type { News } from './news.ts'
import { notify } from './notify.ts'
import { useApprovalNews } from './use-approval-news.ts'
import { useMentionNews } from './use-mention-news.ts'
import { useReadyNews } from './use-ready-news.ts'

/** Says what happens to those who listen, and tells it outside of a tab that nobody sees. */
export default function SessionNews() {
  const session = useSession()
  const { me, embedded } = useAccount()
  const { userId } = me
  const tell = useCallback(
    (news: News) => {
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
  useMentionNews(tell)
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
