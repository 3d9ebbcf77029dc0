import type { Snapshot } from '@colloquy/client'
import { useSession, useSnapshot } from '@colloquy/client/react'
import { EVERYONE, MAIN_LANE } from '@colloquy/shared/audience'
import { useMemo } from 'react'
import { Store, useStore } from '../parts/store.ts'
import { useAccount } from '../sign-in/account.ts'
import { type Choice, goneFrom, laneOf, type Picked, peopleOf } from './choice.ts'

/** For whom each person writes in each session. */
const known = new Map<string, Store<Choice>>()

/**
 * Who reads what is written next: it stays until it is changed, over a reload too. A draft that was begun for a few
 * must not come back as one for everyone.
 */
export function useChoice(): { choice: Choice; choose: (next: Choice) => void } {
  const { id } = useSession()
  const { userId } = useAccount().me
  const { store, choose } = useMemo(() => {
    const key = `colloquy/audience/${id}/${encodeURIComponent(userId)}`
    const of = storeOf(key)
    return { store: of, choose: (next: Choice) => keep(key, of, next) }
  }, [id, userId])
  return { choice: useStore(store), choose }
}

const select = ({ members, groups, lanes }: Snapshot) => ({ members, groups, lanes })

/** What is to be known of the choice before anything is sent. */
export function useChosen() {
  const { choice, choose } = useChoice()
  const { userId } = useAccount().me
  const { members, groups, lanes } = useSnapshot(select)
  return useMemo(() => {
    const candidates = { members, groups }
    const lane = laneOf(lanes, peopleOf(choice, userId, candidates))
    return {
      choice,
      choose,
      candidates,
      /** Undefined: nothing was asked there yet. */
      laneId: choice === EVERYONE ? MAIN_LANE : lane?.laneId,
      // Nobody has left while it is not known who is here.
      gone: members.length === 0 ? [] : goneFrom(choice, candidates),
    }
  }, [choice, choose, members, groups, lanes, userId])
}

function storeOf(key: string): Store<Choice> {
  let store = known.get(key)
  if (!store) {
    store = new Store<Choice>(read(localStorage.getItem(key)))
    known.set(key, store)
  }
  return store
}

function keep(key: string, store: Store<Choice>, choice: Choice): void {
  store.set(choice)
  if (choice === EVERYONE) localStorage.removeItem(key)
  else localStorage.setItem(key, JSON.stringify(choice))
}

function read(kept: string | null): Choice {
  if (kept === null) return EVERYONE
  try {
    const found: unknown = JSON.parse(kept)
    return Array.isArray(found) && found.every(isPicked) ? found : []
  } catch {
    // Something was picked: whoever it was, it was not everyone.
    return []
  }
}

function isPicked(value: unknown): value is Picked {
  if (typeof value !== 'object' || value === null) return false
  const { id, name } = value as Partial<Picked>
  return typeof id === 'string' && typeof name === 'string'
}
