import type { Audience, Snapshot } from '@colloquy/client'
import { useSnapshot } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { useMemo } from 'react'
import { useAccount } from '../sign-in/account.ts'
import { readersOf, type Who } from './reader-words.ts'

const selectMembers = ({ members }: Snapshot) => members

/** Names of those whom a lane names and who are no longer members, by what they said; one flat object. */
function selectLeft({ members, lanes, messages }: Snapshot): Record<string, string> {
  const here = new Set(members.map(({ id }) => id))
  const left: Record<string, string> = {}
  for (const { audience } of lanes) {
    for (const id of audience === EVERYONE ? [] : audience) {
      if (here.has(id) || id in left) continue
      const said = messages.find(({ metadata: { author } }) => author.id === id)
      left[id] = said?.metadata.author.name ?? 'Somebody'
    }
  }
  return left
}

/** Names for those who read something. */
export function useWho(): Who {
  const { userId } = useAccount().me
  const members = useSnapshot(selectMembers)
  const left = useSnapshot(selectLeft)
  return useMemo(() => {
    const names = new Map(members.map(({ id, name }) => [id, name]))
    return {
      myId: userId,
      nameOf: (id) => names.get(id) ?? left[id] ?? 'Somebody',
      // Nobody has left while it is not known who is here.
      isHere: (id) => names.size === 0 || names.has(id),
    }
  }, [userId, members, left])
}

/** Says who reads a thing; null: everyone. */
export function useReadersOf(): (audience: Audience) => string | null {
  const who = useWho()
  return (audience) => (audience === EVERYONE ? null : readersOf(audience, who))
}
