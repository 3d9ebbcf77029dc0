import { useCallback, useSyncExternalStore } from 'react'
import { inBrowser } from '../parts/page-storage.ts'
import { useAccount } from '../sign-in/account.ts'
import { SeenStore } from './seen.ts'
import { unreadCount } from './unread.ts'

/** What the list of sessions tells of one. */
interface Listed {
  id: string
  /** Those that the person reads. */
  lanes: readonly { laneId: string; lastSeq: number }[]
}

const stores = new Map<string, SeenStore>()
// Told by the browser when another tab writes.
addEventListener('storage', () => {
  for (const store of stores.values()) store.readAgain()
})

/** What a person has seen in this browser. */
export function seenBy(userId: string): SeenStore {
  const store = stores.get(userId) ?? new SeenStore(inBrowser, userId)
  stores.set(userId, store)
  return store
}

/** How many messages of a listed session the signed-in person has not seen in this browser. */
export function useUnreadOf(): (session: Listed) => number {
  const { userId } = useAccount().me
  const store = seenBy(userId)
  const version = useSyncExternalStore(store.subscribe, store.version)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another function for every change, so that callers count again
  return useCallback(({ id, lanes }: Listed) => unreadCount(store.of(id), lanes), [store, version])
}
