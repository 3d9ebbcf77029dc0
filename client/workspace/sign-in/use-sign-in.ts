import { openWorkspace } from '@colloquy/client'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { leaveOpenSession } from '../parts/open-session.ts'
import { codeOf, isSignedOut } from '../parts/refusals.ts'
import type { Account } from './account.ts'
import { keepTabToken, tabToken } from './entry.ts'

const RETRY_MS = 3_000

export type SignInState =
  | { step: 'asking' }
  | { step: 'unreachable'; code: string }
  | { step: 'out'; refused: boolean }
  | { step: 'in'; account: Account }

type Known = Pick<Account, 'me' | 'info'>
type Answer = { step: 'asking' } | { step: 'unreachable'; code: string } | { step: 'out' } | Known

/** Finds out who this tab belongs to: by its own token, else by the cookie. */
export function useSignIn() {
  const [token, setToken] = useState(tabToken)
  const [round, setRound] = useState(0)
  const [answer, setAnswer] = useState<Answer>({ step: 'asking' })
  const auth = useMemo(() => (token === null ? undefined : () => token), [token])
  const workspace = useMemo(() => openWorkspace({ url: '/', auth }), [auth])
  const refresh = useCallback(() => setRound((before) => before + 1), [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again
  useEffect(() => {
    let over = false
    const settle = (next: Answer) => {
      if (!over) setAnswer(next)
    }
    Promise.all([workspace.me(), workspace.info()]).then(
      ([me, info]) => settle({ me, info }),
      (error: unknown) =>
        settle(isSignedOut(error) ? { step: 'out' } : { step: 'unreachable', code: codeOf(error) }),
    )
    return () => {
      over = true
    }
  }, [workspace, round])

  const unreachable = 'step' in answer && answer.step === 'unreachable'
  useEffect(() => {
    if (!unreachable) return
    const timer = setInterval(refresh, RETRY_MS)
    return () => clearInterval(timer)
  }, [unreachable, refresh])

  const signIn = useCallback((next: string | null) => {
    keepTabToken(next)
    setAnswer({ step: 'asking' })
    setToken(next)
    setRound((before) => before + 1)
  }, [])

  const state = useMemo<SignInState>(() => {
    if ('step' in answer) {
      return answer.step === 'out' ? { step: 'out', refused: token !== null } : answer
    }
    const signOut = async () => {
      await leaveOpenSession()
      await workspace.signOut()
      keepTabToken(null)
      setToken(null)
      setAnswer({ step: 'out' })
    }
    return { step: 'in', account: { ...answer, workspace, auth, refresh, signOut } }
  }, [answer, workspace, auth, refresh, token])

  return { state, workspace, refresh, signIn }
}
