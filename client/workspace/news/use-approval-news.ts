import { useApprovals, useSession } from '@colloquy/client/react'
import { useEffect, useRef } from 'react'
import { announce } from '../parts/announcer.tsx'
import { cleanName } from '../parts/names.ts'
import type { News } from './news.ts'

/** Says, and tells, when an answer begins to wait for the reader's approval. */
export function useApprovalNews(userId: string, tell: (news: News) => void): void {
  const session = useSession()
  const { calls } = useApprovals()
  const told = useRef(new Set<string>())
  useEffect(() => {
    for (const { callId, messageId, mine, author } of calls) {
      if (!mine || told.current.has(callId)) continue
      told.current.add(callId)
      const whose = author.id === userId ? 'Your' : `${cleanName(author.name)}’s`
      announce(`${whose} assistant waits for your approval`)
      const answer = session.snapshot().unfinished.find(({ id }) => id === messageId)
      if (answer) tell({ kind: 'approval', id: callId, messageId, audience: answer.audience })
    }
  }, [calls, userId, session, tell])
}
