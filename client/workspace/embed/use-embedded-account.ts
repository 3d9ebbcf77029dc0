import { openWorkspace } from '@colloquy/client/team'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { codeOf, isSignedOut } from '../parts/refusals.ts'
import type { Account } from '../sign-in/account.ts'
import type { Host } from './host.ts'

const RETRY_MS = 3_000

export type EmbeddedState =
  | { step: 'asking' }
  | { step: 'out' }
  | { step: 'unreachable'; code: string }
  | { step: 'in'; account: Account }

/** Finds out for whom the page around this one shows it: by the tokens that it gives, and nothing else. */
export function useEmbeddedAccount(host: Host): { state: EmbeddedState; refresh: () => void } {
  const [round, setRound] = useState(0)
  const refresh = useCallback(() => setRound((before) => before + 1), [])
  // A new one for every round: whom the last one acted for is no matter then.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const workspace = useMemo(() => openWorkspace({ url: '/', auth: host.token }), [host, round])
  const [state, setState] = useState<EmbeddedState>({ step: 'asking' })

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
        const acts = { refresh, readInfo, signOut }
        const account: Account = { me, info, workspace, auth: host.token, embedded: true, round, ...acts }
        setState({ step: 'in', account })
      },
      (error: unknown) => {
        if (over) return
        if (isSignedOut(error)) {
          setState({ step: 'out' })
          return host.tell({ colloquy: 'ended', reason: 'UNAUTHENTICATED' })
        }
        setState({ step: 'unreachable', code: codeOf(error) })
        timer = setTimeout(refresh, RETRY_MS)
      },
    )
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [host, workspace, round, refresh])

  return { state, refresh }
}
