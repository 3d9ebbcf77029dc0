import { usePeople } from '@colloquy/client/react'
import { Lock, Users } from 'lucide-react'
import { Avatar } from '../parts/avatar.tsx'
import { Name } from '../parts/name.tsx'
import { Popover } from '../parts/popover.tsx'
import { ROLE_WORDS } from '../parts/roles.ts'

/** Says at all times who reads what is written here. */
export function Audience() {
  const { people, members, me } = usePeople()
  if (members.length === 0) return null
  const readers = members.length === 1 ? 'Only you, so far' : `Team · ${members.length} can see this`
  const here = new Set(people.map(({ id }) => id))
  return (
    <Popover
      label={readers}
      buttonClass="flex h-6 shrink-0 items-center gap-1.5 rounded-full border border-line px-2 text-dim text-xs transition-colors hover:bg-wash hover:text-ink"
      className="w-72"
      button={
        <>
          <Users size={12} aria-hidden />
          <span className="max-sm:hidden">{readers}</span>
          {members.length > 1 && <span className="sm:hidden">{members.length}</span>}
        </>
      }
    >
      <p className="px-2 pt-1.5 pb-2 text-dim text-xs">
        Everyone in this session, now and later, reads what is asked and answered here, except what is marked
        <Lock size={11} className="mx-1 inline text-private" aria-hidden />
        with fewer readers.
      </p>
      <ul className="scroll max-h-80">
        {members.map((member) => (
          <li key={member.id} className="flex h-9 items-center gap-2 px-2">
            <span className="relative">
              <Avatar person={member} size={24} />
              {here.has(member.id) && (
                <span className="absolute -right-0.5 -bottom-0.5 size-2.5 rounded-full border-2 border-raised bg-good" />
              )}
            </span>
            <span className="min-w-0 flex-1 truncate">
              <Name>{member.name}</Name>
              {member.id === me?.id && <span className="text-faint"> (you)</span>}
              {here.has(member.id) && <span className="sr-only">, here now</span>}
            </span>
            <span className="text-faint text-xs">{ROLE_WORDS[member.role].name}</span>
          </li>
        ))}
      </ul>
    </Popover>
  )
}
