import type { Member, Snapshot } from '@colloquy/client'
import { useApprovals, usePeople, useSession, useSnapshot } from '@colloquy/client/react'
import { OctagonX } from 'lucide-react'
import { useState } from 'react'
import { announce } from '../parts/announcer.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { IconButton } from '../parts/button.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName } from '../parts/names.ts'
import { mayModerate } from '../parts/roles.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { doingWords, type Going } from './doing-words.ts'
import { Section } from './section.tsx'

const selectGoing = ({ turns, unfinished, queue }: Snapshot) => ({ turns, unfinished, queue })

/** Who is in the session, and what each is doing, as far as one sees it. */
export function People() {
  const session = useSession()
  const { people, members, me } = usePeople()
  const { calls } = useApprovals()
  const going: Going = { people, calls, ...useSnapshot(selectGoing) }
  const [stopping, setStopping] = useState<Member | null>(null)
  const here = new Set(people.map(({ id }) => id))
  const sorted = members.toSorted((a, b) => Number(here.has(b.id)) - Number(here.has(a.id)))
  return (
    <Section title={`People · ${here.size} here`}>
      <ul>
        {sorted.map((member) => (
          <li key={member.id} className="flex min-h-10 items-center gap-2.5">
            <span className="relative">
              <Avatar person={member} size={24} className={here.has(member.id) ? '' : 'opacity-60'} />
              {here.has(member.id) && (
                <span className="absolute -right-0.5 -bottom-0.5 size-2.5 rounded-full border-2 border-side bg-good" />
              )}
            </span>
            <span className="min-w-0 flex-1 text-sm leading-4">
              <span className="block truncate">
                <Name>{member.name}</Name>
                {member.id === me?.id && <span className="text-faint"> (you)</span>}
              </span>
              <span className="block truncate text-faint text-xs">{doingWords(member.id, going)}</span>
            </span>
            {mayModerate(me) && member.id !== me?.id && (
              <IconButton
                label={`Stop everything of ${cleanName(member.name)}`}
                onClick={() => setStopping(member)}
              >
                <OctagonX size={14} aria-hidden />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      {stopping && (
        <Confirm
          title={`Stop everything of ${cleanName(stopping.name)}?`}
          text="Ends all that they have running and waiting in this session, in private too. You do not see what that was."
          action="Stop everything"
          onClose={() => setStopping(null)}
          onConfirm={() => {
            setStopping(null)
            session.stopAll(stopping.id).then(() => announce('Stopped'), tellRefusal)
          }}
        />
      )}
    </Section>
  )
}
