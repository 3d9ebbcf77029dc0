import { openWorkspace } from '@colloquy/client/team'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { forgetNames } from '../audience/kept-choice.ts'
import { leaveOpenSession } from '../parts/open-session.ts'
import { codeOf, isSignedOut } from '../parts/refusals.ts'
import type { Account } from './account.ts'
import { inviteOfAddress, isOfDevelopment, keepTabToken, tabToken } from './entry.ts'

/** The page's own. */
const OWN_SERVER = '/'
const RETRY_MS = 3_000

export type SignInState =
  | { step: 'asking' }
  | { step: 'unreachable'; code: string }
  | { step: 'out'; refused: boolean }
  | { step: 'in'; account: Account }

type Known = Pick<Account, 'me' | 'info' | 'workspace'>
type Answer = { step: 'asking' } | { step: 'unreachable'; code: string } | { step: 'out' } | Known

/** Finds out who this tab belongs to: by its own token, else by the cookie. */
export function useSignIn() {
  const [token, setToken] = useState(tabToken)
  const [round, setRound] = useState(0)
  const [answer, setAnswer] = useState<Answer>({ step: 'asking' })
  const auth = useMemo(() => (token === null ? undefined : () => token), [token])
  // A new one for every round: whom the last one acted for is no matter then.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const workspace = useMemo(() => openWorkspace({ url: OWN_SERVER, auth }), [auth, round])
  const refresh = useCallback(() => setRound((before) => before + 1), [])

  const signIn = useCallback((next: string | null) => {
    keepTabToken(next)
    setAnswer({ step: 'asking' })
    setToken(next)
    setRound((before) => before + 1)
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again
  useEffect(() => {
    let over = false
    const settle = (next: Answer) => {
      if (!over) setAnswer(next)
    }
    Promise.all([workspace.me(), workspace.info()]).then(
      ([me, info]) => settle({ me, info, workspace }),
      (error: unknown) => {
        if (over) return
        if (!isSignedOut(error)) return settle({ step: 'unreachable', code: codeOf(error) })
        // What no longer proves anything must not stand in the way of an invite.
        if (token !== null && inviteOfAddress()) signIn(null)
        else settle({ step: 'out' })
      },
    )
    return () => {
      over = true
    }
  }, [workspace, round])

  const readInfo = useCallback(async () => {
    const info = await workspace.info()
    // Not what another person was told.
    setAnswer((before) => ('me' in before && before.workspace === workspace ? { ...before, info } : before))
  }, [workspace])

  const unreachable = 'step' in answer && answer.step === 'unreachable'
  useEffect(() => {
    if (!unreachable) return
    const timer = setInterval(refresh, RETRY_MS)
    return () => clearInterval(timer)
  }, [unreachable, refresh])

  /** In the browser's cookie; a token of development in this tab alone. */
  const keepSignedIn = useCallback(
    async (next: string) => {
      if (isOfDevelopment(next)) return signIn(next)
      // In this tab at once: an answer that gets lost must not cost somebody their invite.
      keepTabToken(next)
      try {
        await workspace.keepSignedIn(next)
        signIn(null)
      } catch {
        signIn(next)
      }
    },
    [workspace, signIn],
  )

  const state = useMemo<SignInState>(() => {
    if ('step' in answer) {
      return answer.step === 'out' ? { step: 'out', refused: token !== null } : answer
    }
    const signOut = async () => {
      // First: where it fails, the session on the screen goes on.
      await workspace.signOut()
      await leaveOpenSession()
      forgetNames(answer.me.userId)
      keepTabToken(null)
      setToken(null)
      setAnswer({ step: 'out' })
    }
    return {
      step: 'in',
      account: { ...answer, workspace, url: OWN_SERVER, auth, round, refresh, readInfo, signOut },
    }
  }, [answer, workspace, auth, round, refresh, readInfo, token])

  return { state, workspace, keepSignedIn }
}
