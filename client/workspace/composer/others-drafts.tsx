import type { SharedDraft } from '@colloquy/client/react'
import { usePeople } from '@colloquy/client/react'
import { useSyncExternalStore } from 'react'
import { Avatar } from '../parts/avatar.tsx'
import { Button } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'

/** More than fits into a row. */
const BEGINNING = 200

export interface OthersDraftsProps {
  drafts: readonly SharedDraft[]
  shown: SharedDraft | null
  onJoin: (draftId: string) => void
}

/** Invitations to write together, from whoever has put a draft on the board. */
export function OthersDrafts({ drafts, shown, onJoin }: OthersDraftsProps) {
  const open = drafts.filter(({ draftId }) => draftId !== shown?.draftId)
  return open.map((draft) => <Invitation key={draft.draftId} draft={draft} onJoin={onJoin} />)
}

function Invitation({ draft, onJoin }: { draft: SharedDraft; onJoin: (draftId: string) => void }) {
  const { members } = usePeople()
  const { draftId, owner, text, board } = draft
  const beginning = useSyncExternalStore(
    (changed) => board.subscribe(changed),
    () => text.toString().slice(0, BEGINNING),
  )
  const person = members.find(({ id }) => id === owner) ?? { id: owner, name: owner }
  return (
    <div
      // Under the queue it is one more row of it; alone it has the round corners.
      className="enter mx-2 flex min-h-10 items-center gap-2 border border-line border-b-0 bg-side pr-1.5 pl-3 text-sm first:rounded-t-lg sm:mx-3 first:[section+div>&]:rounded-t-none"
    >
      <Avatar person={person} size={20} />
      <span className="shrink-0">
        <Name className="font-medium">{person.name}</Name> is drafting
        <span className="max-sm:hidden"> with the team</span>
      </span>
      <span className="min-w-0 flex-1 truncate text-faint" dir="auto">
        {beginning}
      </span>
      <Button size="sm" onClick={() => onJoin(draftId)}>
        Write along
      </Button>
    </div>
  )
}
