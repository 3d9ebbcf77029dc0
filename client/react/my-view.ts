import { MAIN_LANE } from '@colloquy/shared/audience'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { Session } from '../types/index.ts'
import { useSession } from './hooks.ts'
import type { MyView } from './types.ts'
import { ViewStore } from './view-store.ts'

/** What the assistant would be given for one's next prompt in a lane, kept up to date while it is shown. */
export function useMyView(laneId: string = MAIN_LANE): MyView {
  const store = storeOf(useSession(), laneId)
  useEffect(() => store.attach(), [store])
  const now = useSyncExternalStore(store.subscribe, store.read, store.read)
  return useMemo(() => ({ ...now, refresh: () => store.refresh() }), [now, store])
}

const known = new WeakMap<Session, Map<string, ViewStore>>()

/** One for all components that show the same lane's. */
function storeOf(session: Session, laneId: string): ViewStore {
  const stores = known.get(session) ?? new Map<string, ViewStore>()
  known.set(session, stores)
  let store = stores.get(laneId)
  if (!store) {
    store = new ViewStore(session, laneId)
    stores.set(laneId, store)
  }
  return store
}
