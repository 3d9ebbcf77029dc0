import type { PersonRef } from '@colloquy/client'
import type { SessionSummary } from '@colloquy/client/team'
import { useCallback } from 'react'
import { useAccount } from '../sign-in/account.ts'

/** Who else has a session open now. */
export function useOthersIn(): (session: SessionSummary) => readonly PersonRef[] {
  const { userId } = useAccount().me
  return useCallback(({ here }) => here.filter(({ id }) => id !== userId), [userId])
}
