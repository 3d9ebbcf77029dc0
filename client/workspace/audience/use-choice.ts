import type { Snapshot } from '@colloquy/client'
import { useSession, useSnapshot } from '@colloquy/client/react'
import { EVERYONE, MAIN_LANE } from '@colloquy/shared/audience'
import { useMemo } from 'react'
import { useStore } from '../parts/store.ts'
import { useAccount } from '../sign-in/account.ts'
import { type Choice, goneFrom, laneOf, named, peopleOf } from './choice.ts'
import { keepChoice, keptChoice, keyFor } from './kept-choice.ts'
import { useWho } from './use-who.ts'

/**
 * Who reads what is written next: it stays until it is changed, over a reload too. A draft that was begun for a few
 * must not come back as one for everyone.
 */
export function useChoice(): { choice: Choice; choose: (next: Choice) => void } {
  const { id } = useSession()
  const { userId } = useAccount().me
  const { nameOf } = useWho()
  const { store, choose } = useMemo(() => {
    const key = keyFor(id, userId)
    return { store: keptChoice(key), choose: (next: Choice) => keepChoice(key, next) }
  }, [id, userId])
  const choice = useStore(store)
  return { choice: useMemo(() => named(choice, nameOf), [choice, nameOf]), choose }
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
