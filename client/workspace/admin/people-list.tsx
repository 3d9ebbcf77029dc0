import type { Person } from '@colloquy/client/team'
import { type ReactNode, useState } from 'react'
import { Avatar } from '../parts/avatar.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName } from '../parts/names.ts'
import { Shown } from '../parts/shown.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useAccount } from '../sign-in/account.ts'
import { Filter, matches } from './filter.tsx'
import { Nothing, Place } from './place.tsx'

/** So many are looked through by eye. */
const FEW = 8

/** Everybody whom the server has seen. */
export function PeopleList() {
  const { workspace, me } = useAccount()
  const loaded = useLoaded(workspace.people)
  const [wanted, setWanted] = useState('')
  return (
    <Place
      title="People"
      text="Everybody who has signed in or come by an invite. Names, groups and who is an admin come from sign-in: change them where people sign in."
    >
      <Shown of={loaded}>
        {(people) => {
          const shown = people.filter(({ id, name, groups }) => matches(wanted, [id, name, ...groups]))
          return (
            <>
              {people.length > FEW && <Filter label="Find people" value={wanted} onChange={setWanted} />}
              {shown.length === 0 ? (
                <Nothing>Nobody is called that here.</Nothing>
              ) : (
                <ul className="border-line border-t">
                  {shown.map((person) => (
                    <Row key={person.id} person={person} isMe={person.id === me.userId} />
                  ))}
                </ul>
              )}
            </>
          )
        }}
      </Shown>
    </Place>
  )
}

function Row({ person, isMe }: { person: Person; isMe: boolean }) {
  const { id, name, groups, admin, guest } = person
  return (
    <li className="flex min-h-14 items-center gap-3 border-line border-b py-2">
      <Avatar person={person} size={28} />
      <span className="min-w-0 flex-1 leading-4">
        <span className="block truncate font-medium text-sm">
          <Name>{name}</Name>
          {isMe && <span className="font-normal text-faint"> (you)</span>}
        </span>
        <span className="block truncate font-mono text-faint text-xs">{cleanName(id)}</span>
      </span>
      <span className="flex max-w-[50%] flex-wrap justify-end gap-1">
        {admin && <Tag strong>Admin</Tag>}
        {guest && <Tag>Guest</Tag>}
        {groups.map((group) => (
          <Tag key={group}>
            <span className="sr-only">Group </span>
            <Name>{group}</Name>
          </Tag>
        ))}
      </span>
    </li>
  )
}

function Tag({ strong = false, children }: { strong?: boolean; children: ReactNode }) {
  return (
    <span
      className={`max-w-40 truncate rounded-sm border px-1.5 text-xs leading-5 ${strong ? 'border-line-2 font-medium' : 'border-line text-dim'}`}
    >
      {children}
    </span>
  )
}
