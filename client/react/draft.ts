import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { defaultStorage } from '../storage.ts'
import type { Session, Storage } from '../types/index.ts'
import { DraftStore } from './draft-store.ts'
import { useSession } from './hooks.ts'
import type { Draft } from './types.ts'

/**
 * A text that one is writing; nobody sees it before its author shares it. `key` tells apart several in one
 * session. It survives reloads, and losing the connection.
 */
export function useDraft(key = 'main'): Draft {
  const session = useSession()
  const store = storeOf(session, key)
  useEffect(() => store.attach(), [store])
  const view = useSyncExternalStore(store.subscribe, store.read, store.read)
  return useMemo(
    () => ({
      ...view,
      setText: (text) => store.setText(text),
      giveBack: (text) => store.giveBack(text),
      clear: () => store.clear(),
      share: () => store.share(),
      unshare: () => store.unshare(),
    }),
    [view, store],
  )
}

let storage: Storage | null = null
const known = new WeakMap<Session, Map<string, DraftStore>>()

/** One for all components that show the same draft. */
function storeOf(session: Session, key: string): DraftStore {
  const stores = known.get(session) ?? new Map<string, DraftStore>()
  known.set(session, stores)
  let store = stores.get(key)
  if (!store) {
    storage ??= defaultStorage()
    store = new DraftStore(session, storage, key)
    stores.set(key, store)
  }
  return store
}
