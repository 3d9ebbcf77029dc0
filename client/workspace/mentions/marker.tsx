import type { Snapshot } from '@colloquy/client'
import { useSnapshot } from '@colloquy/client/react'
import { useEffect, useMemo } from 'react'
import { cleanName } from '../parts/names.ts'
import { useAccount } from '../sign-in/account.ts'
import type { Marker } from './mark-context.ts'
import { finderOf, isOf, piecesOf } from './mentions.ts'

const selectMembers = ({ members }: Snapshot) => members

/** Marks the names of those who are in the session. As text alone: a name is nobody's identity. */
export default function MarkerOfMembers({ onChange }: { onChange: (marker: Marker | null) => void }) {
  const { me } = useAccount()
  const members = useSnapshot(selectMembers)
  const mine = members.find(({ id }) => id === me.userId)?.name ?? me.name
  // One string: what else changes about a member draws nothing again.
  const names = useMemo(() => members.map(({ name }) => cleanName(name)).join('\n'), [members])
  useEffect(() => {
    onChange(markerFor(names.split('\n'), mine))
    return () => onChange(null)
  }, [names, mine, onChange])
  return null
}

function markerFor(names: readonly string[], mine: string): Marker | null {
  const finder = finderOf(names.filter((name) => name !== ''))
  if (!finder) return null
  return {
    draw: (text) =>
      piecesOf(text, finder).map((piece, i) =>
        i % 2 === 0 ? (
          piece
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
          <bdi key={i} className={isOf(piece, mine) ? 'mention own' : 'mention'}>
            {piece}
          </bdi>
        ),
      ),
  }
}
