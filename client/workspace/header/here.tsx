import { usePeople } from '@colloquy/client/react'
import { Avatar } from '../parts/avatar.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName } from '../parts/names.ts'

const MOST = 4
/** So many fit with their names. */
const NAMED = 3

/** Who has the session open. */
export function Here() {
  const { people, me } = usePeople()
  const others = people.filter(({ id }) => id !== me?.id)
  const shown = others.slice(0, MOST)
  const named = others.length <= NAMED
  return (
    <ul
      aria-label="Here now"
      className={`flex shrink-0 items-center ${named ? 'gap-1 lg:gap-3 lg:pr-2' : '-space-x-1'}`}
    >
      {shown.map((person) => (
        <li key={person.id} title={`${cleanName(person.name)} is here`} className="flex items-center gap-1.5">
          <Avatar person={person} size={24} className="outline-2 outline-bg" />
          <Name className={named ? 'max-w-28 truncate text-dim text-sm max-lg:sr-only' : 'sr-only'}>
            {person.name}
          </Name>
        </li>
      ))}
      {others.length > MOST && (
        <li className="grid size-6 place-items-center rounded-full bg-wash-2 font-semibold text-[10px] text-dim outline-2 outline-bg">
          +{others.length - MOST}
        </li>
      )}
    </ul>
  )
}
