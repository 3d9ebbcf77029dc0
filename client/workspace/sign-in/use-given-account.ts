import { openWorkspace } from '@colloquy/client/team'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { codeOf, isSignedOut } from '../parts/refusals.ts'
import type { Account } from './account.ts'

const RETRY_MS = 3_000

export type GivenState =
  | { step: 'asking' }
  | { step: 'out' }
  | { step: 'unreachable'; code: string }
  | { step: 'in'; account: Account }

/** What the page around a session says of it. The same object while it says the same. */
export interface Given extends Pick<Account, 'url' | 'auth'> {
  embedded: 'frame' | 'app'
  /** Its word has lapsed, or is none. */
  onSignedOut?: () => void
}

/** Finds out for whom the page around shows a session: by the tokens that it gives, and nothing else. */
export function useGivenAccount(given: Given): { state: GivenState; refresh: () => void } {
  const [round, setRound] = useState(0)
  const refresh = useCallback(() => setRound((before) => before + 1), [])
  // A new one for every round: whom the last one acted for is no matter then.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const workspace = useMemo(() => openWorkspace({ url: given.url, auth: given.auth }), [given, round])
  const [state, setState] = useState<GivenState>({ step: 'asking' })

  useEffect(() => {
    let over = false
    let timer: ReturnType<typeof setTimeout> | undefined
    Promise.all([workspace.me(), workspace.info()]).then(
      ([me, info]) => {
        if (over) return
        const readInfo = async () => {
          const latest = await workspace.info()
          if (over) return
          setState((now) => (now.step === 'in' ? { ...now, account: { ...now.account, info: latest } } : now))
        }
        // It is the app around this that people leave.
        const signOut = async () => {}
        const { url, auth, embedded } = given
        const acts = { refresh, readInfo, signOut }
        setState({ step: 'in', account: { me, info, workspace, url, auth, embedded, round, ...acts } })
      },
      (error: unknown) => {
        if (over) return
        if (isSignedOut(error)) {
          setState({ step: 'out' })
          return given.onSignedOut?.()
        }
        setState({ step: 'unreachable', code: codeOf(error) })
        timer = setTimeout(refresh, RETRY_MS)
      },
    )
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [given, workspace, round, refresh])

  return { state, refresh }
}
