import { MAIN_LANE } from '@colloquy/shared/audience'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { defaultStorage } from '../storage.ts'
import type { Session, Storage } from '../types/index.ts'
import { DraftStore } from './draft-store.ts'
import { useSession } from './hooks.ts'
import { OwnDraft } from './own-draft.ts'
import type { Draft } from './types.ts'

/**
 * A text that one is writing for the readers of a lane; nobody sees it before its author shares it, and then those
 * readers do. `key` tells apart several in one session; without it each lane has its own. What is not shared goes along
 * to another lane under the same key, what is shared stays on its lane's board. It survives reloads, and losing the
 * connection.
 *
 * @param laneId null: there is no lane yet, and nobody to write together with
 */
export function useDraft(key?: string, laneId: string | null = MAIN_LANE): Draft {
  const session = useSession()
  const store = storeOf(session, key ?? laneId ?? MAIN_LANE, laneId)
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

interface Known {
  own: OwnDraft
  stores: Map<string | null, DraftStore>
}

let storage: Storage | null = null
const known = new WeakMap<Session, Map<string, Known>>()

/** One for all components that show the same draft. */
function storeOf(session: Session, key: string, laneId: string | null): DraftStore {
  const keys = known.get(session) ?? new Map<string, Known>()
  known.set(session, keys)
  storage ??= defaultStorage()
  const { own, stores } = keys.get(key) ?? { own: new OwnDraft(session, storage, key), stores: new Map() }
  keys.set(key, { own, stores })
  const store = stores.get(laneId) ?? new DraftStore(session, own, laneId)
  stores.set(laneId, store)
  return store
}
