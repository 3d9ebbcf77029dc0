import { useApprovals } from '@colloquy/client/react'
import { useEffect, useRef } from 'react'
import { announce } from '../parts/announcer.tsx'
import { cleanName } from '../parts/names.ts'

/** Says when an answer begins to wait for the reader's approval. */
export function useApprovalNews(userId: string | undefined): void {
  const { calls } = useApprovals()
  const told = useRef(new Set<string>())
  useEffect(() => {
    for (const { callId, mine, author } of calls) {
      if (!mine || told.current.has(callId)) continue
      told.current.add(callId)
      const whose = author.id === userId ? 'Your' : `${cleanName(author.name)}’s`
      announce(`${whose} assistant waits for your approval`)
    }
  }, [calls, userId])
}
