import type { Person } from '@colloquy/client/team'
import { UsersRound } from 'lucide-react'
import { Avatar } from '../parts/avatar.tsx'
import { Name } from '../parts/name.tsx'
import { Shown } from '../parts/shown.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useAccount } from '../sign-in/account.ts'
import { groupsOf } from './groups-of.ts'
import { Nothing, Place } from './place.tsx'

/** Who is in which group; nobody changes that here. */
export function Groups() {
  const { workspace } = useAccount()
  const loaded = useLoaded(workspace.people)
  return (
    <Place
      title="Groups"
      text="A group reads what is shared with it, and may be granted tools. Who is in one is said by their sign-in token each time: change it where people sign in. A group appears once somebody in it has signed in."
    >
      <Shown of={loaded}>
        {(people) => {
          const groups = groupsOf(people)
          return groups.length === 0 ? (
            <Nothing>Nobody who signed in was in a group.</Nothing>
          ) : (
            <ul className="border-line border-t">
              {groups.map(({ id, members }) => (
                <Row key={id} id={id} members={members} />
              ))}
            </ul>
          )
        }}
      </Shown>
    </Place>
  )
}

function Row({ id, members }: { id: string; members: readonly Person[] }) {
  return (
    <li className="flex gap-3 border-line border-b py-3 max-sm:flex-col max-sm:gap-1.5">
      <h3 className="flex w-44 shrink-0 items-center gap-2 self-start font-medium text-sm">
        <UsersRound size={14} className="shrink-0 text-faint" aria-hidden />
        <Name className="min-w-0 truncate">{id}</Name>
        <span className="font-normal text-faint">{members.length}</span>
      </h3>
      <ul className="flex min-w-0 flex-1 flex-wrap gap-x-4 gap-y-1">
        {members.map((person) => (
          <li key={person.id} className="flex min-w-0 items-center gap-1.5 text-sm">
            <Avatar person={person} size={20} />
            <Name className="truncate">{person.name}</Name>
          </li>
        ))}
      </ul>
    </li>
  )
}
