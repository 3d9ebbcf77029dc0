import type { SessionSummary } from '@colloquy/client/team'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { Store, useStore } from '../parts/store.ts'
import { useAccount } from '../sign-in/account.ts'

/** Who is there now is worth asking for while the page is looked at. */
const EVERY_MS = 20_000

/** What is known last, and whose they are; null: nothing yet. */
const known = new Store<{ userId: string; sessions: readonly SessionSummary[] } | null>(null)

/** What has just changed in a session that is open here: the list need not be read again to know. */
export function touchSession(id: string, changed: Partial<SessionSummary>): void {
  const last = known.read()
  if (!last) return
  const sessions = last.sessions.map((each) => (each.id === id ? { ...each, ...changed } : each))
  known.set({ ...last, sessions: newestFirst(sessions) })
}

/** A session is not one's own any more. */
export function dropSession(id: string): void {
  const last = known.read()
  if (last) known.set({ ...last, sessions: last.sessions.filter((each) => each.id !== id) })
}

function newestFirst(sessions: readonly SessionSummary[]): readonly SessionSummary[] {
  return sessions.toSorted((a, b) => b.activeAt - a.activeAt)
}

/** The person's sessions, null while they are not known; the one that last had something first. */
export function useSessions(): readonly SessionSummary[] | null {
  const { workspace, me } = useAccount()
  const [path] = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person has other sessions, and a new place may be a new one
  useEffect(() => {
    let over = false
    const read = () => {
      if (document.visibilityState === 'hidden') return
      workspace.sessions().then(
        (all) => {
          if (!over) known.set({ userId: me.userId, sessions: newestFirst(all) })
        },
        // What was read last stays; the session on the screen tells what is wrong.
        () => {},
      )
    }
    read()
    const timer = setInterval(read, EVERY_MS)
    document.addEventListener('visibilitychange', read)
    return () => {
      over = true
      clearInterval(timer)
      document.removeEventListener('visibilitychange', read)
    }
  }, [workspace, me.userId, path])
  const last = useStore(known)
  return last?.userId === me.userId ? last.sessions : null
}
