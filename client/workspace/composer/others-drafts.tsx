import type { Audience } from '@colloquy/client'
import { type SharedDraft, usePeople } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { Lock } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { listOf } from '../audience/reader-words.ts'
import { useWho } from '../audience/use-who.ts'
import { Avatar } from '../parts/avatar.tsx'
import { Button } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName } from '../parts/names.ts'

/** More than fits into a row. */
const BEGINNING = 200
/** Names that a row has room for. */
const MOST = 3

export interface OthersDraftsProps {
  drafts: readonly SharedDraft[]
  /** Whose board it is. */
  readers: Audience
  shown: SharedDraft | null
  onJoin: (draftId: string) => void
}

/** Invitations to write together, from whoever has put a draft on the board. */
export default function OthersDrafts({ drafts, readers, shown, onJoin }: OthersDraftsProps) {
  const open = drafts.filter(({ draftId }) => draftId !== shown?.draftId)
  return open.map((draft) => (
    <Invitation key={draft.draftId} draft={draft} readers={readers} onJoin={onJoin} />
  ))
}

interface InvitationProps extends Pick<OthersDraftsProps, 'readers' | 'onJoin'> {
  draft: SharedDraft
}

function Invitation({ draft, readers, onJoin }: InvitationProps) {
  const { members } = usePeople()
  const company = useCompany(readers, draft.owner)
  const everyone = readers === EVERYONE
  const { draftId, owner, text, board } = draft
  const beginning = useSyncExternalStore(
    (changed) => board.subscribe(changed),
    () => text.toString().slice(0, BEGINNING),
  )
  const person = members.find(({ id }) => id === owner) ?? { id: owner, name: owner }
  return (
    <div
      // Under the queue it is one more row of it; alone it has the round corners.
      className={`enter mx-2 flex min-h-10 items-center gap-2 border border-b-0 ${everyone ? 'border-line bg-side' : 'border-private-line bg-private-tint'} pr-1.5 pl-3 text-sm first:rounded-t-lg sm:mx-3 first:[section+div>&]:rounded-t-none`}
    >
      <Avatar person={person} size={20} />
      <span className={everyone ? 'shrink-0' : 'min-w-0 max-w-[60%] shrink-0 truncate'}>
        <Name className="font-medium">{person.name}</Name> is drafting{' '}
        {everyone ? (
          <span className="max-sm:hidden">with the team</span>
        ) : (
          <span className="text-private">
            with <bdi>{company}</bdi>
          </span>
        )}
      </span>
      {!everyone && <Lock size={12} className="shrink-0 text-private" aria-hidden />}
      <span className="min-w-0 flex-1 truncate text-faint" dir="auto">
        {beginning}
      </span>
      <Button size="sm" onClick={() => onJoin(draftId)}>
        Write along
      </Button>
    </div>
  )
}

/** The readers other than `owner`, as "you and Cy". */
function useCompany(readers: Audience, owner: string): string {
  const { myId, nameOf } = useWho()
  if (readers === EVERYONE) return ''
  const others = readers.filter((id) => id !== owner && id !== myId).map((id) => cleanName(nameOf(id)))
  const names = owner === myId ? others : ['you', ...others]
  const shown = names.length > MOST ? names.slice(0, MOST - 1) : names
  return listOf(shown.length < names.length ? [...shown, `${names.length - shown.length} others`] : shown)
}
