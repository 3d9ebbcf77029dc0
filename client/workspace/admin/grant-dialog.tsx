import type { Grantees, Person } from '@colloquy/client/team'
import { EVERYONE, GROUP_PREFIX, groupNamed } from '@colloquy/shared/audience'
import { UserRound, UsersRound } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { announce } from '../parts/announcer.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { DialogEnd } from '../parts/dialog-end.tsx'
import { Name } from '../parts/name.tsx'
import { useAct } from '../parts/use-act.ts'
import { useAccount } from '../sign-in/account.ts'
import { Filter, matches } from './filter.tsx'
import { toggledId } from './grant-words.ts'
import type { GroupOf } from './groups-of.ts'

/** What is being said of which tool: who may use it, or who may allow its calls. */
export interface GrantOf {
  tool: string
  field: 'use' | 'approve'
}

export interface GrantDialogProps extends GrantOf {
  /** As it is. */
  grant: { use: Grantees; approve: Grantees }
  people: readonly Person[]
  groups: readonly GroupOf<Person>[]
  onSaved: () => Promise<void>
  onClose: () => void
}

const WORDS = {
  use: {
    title: 'Who may use',
    everyone: 'Whoever asks, guests too',
    nobody: 'Nobody’s answers may call it.',
  },
  approve: {
    title: 'Who may allow calls of',
    everyone: 'Whoever the tool asks',
    nobody: 'Nobody may allow its calls: each of them is denied.',
  },
} as const

/** So many are looked through by eye. */
const FEW = 8

/** Everyone, or the groups and people that are picked; it holds from the next call on. */
export function GrantDialog({ tool, field, grant, people, groups, onSaved, onClose }: GrantDialogProps) {
  const { workspace } = useAccount()
  const [picked, setPicked] = useState<Grantees>(grant[field])
  const act = useAct()
  const words = WORDS[field]
  const save = (event: FormEvent) => {
    event.preventDefault()
    void act.run(async () => {
      const now = (await workspace.grants()).find((each) => each.tool === tool) ?? grant
      await workspace.setGrant(tool, {
        use: field === 'use' ? picked : now.use,
        approve: field === 'approve' ? picked : now.approve,
      })
      await onSaved()
      announce('Saved')
      onClose()
    })
  }
  return (
    <Dialog title={`${words.title} ${tool}`} onClose={onClose}>
      <form onSubmit={save} className="flex flex-col gap-3">
        <Way
          title="Everyone"
          text={words.everyone}
          chosen={picked === EVERYONE}
          icon={<UsersRound size={14} aria-hidden />}
          onChoose={() => setPicked(EVERYONE)}
        />
        <Way
          title="Only some"
          text="Groups and people whom you pick"
          chosen={picked !== EVERYONE}
          icon={<UserRound size={14} aria-hidden />}
          onChoose={() => setPicked(grant[field] === EVERYONE ? [] : grant[field])}
        />
        {picked !== EVERYONE && (
          <Picks
            picked={picked}
            people={people}
            groups={groups}
            onToggle={(id) => setPicked(toggledId(picked, id))}
          />
        )}
        <p role="status" className="text-dim text-sm empty:hidden">
          {picked.length === 0 && words.nobody}
        </p>
        <DialogEnd act={act} label="Save" ready onCancel={onClose} />
      </form>
    </Dialog>
  )
}

interface WayProps {
  title: string
  text: string
  chosen: boolean
  icon: ReactNode
  onChoose: () => void
}

function Way({ title, text, chosen, icon, onChoose }: WayProps) {
  return (
    <label className="-mx-2 -my-1 flex cursor-pointer items-start gap-2.5 rounded-sm px-2 py-1.5 hover:bg-wash has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input
        type="radio"
        name="grantees"
        checked={chosen}
        onChange={onChoose}
        className="mt-[3px] size-4 shrink-0 accent-accent"
      />
      <span className="min-w-0 flex-1">
        <span className="block font-medium text-sm">{title}</span>
        <span className="block text-faint text-xs">{text}</span>
      </span>
      <span className="mt-[3px] text-faint">{icon}</span>
    </label>
  )
}

interface PicksProps {
  picked: readonly string[]
  people: readonly Person[]
  groups: readonly GroupOf<Person>[]
  onToggle: (id: string) => void
}

/** Groups, people, and whoever was named before and has not been here yet. */
function Picks({ picked, people, groups, onToggle }: PicksProps) {
  const [wanted, setWanted] = useState('')
  const known = new Set([...people.map(({ id }) => id), ...groups.map(({ id }) => GROUP_PREFIX + id)])
  // Those who were picked before this was opened stay listed when they are taken out.
  const [strangers] = useState(() => picked.filter((id) => !known.has(id)))
  return (
    <fieldset className="-mt-1 min-w-0 pl-[26px]">
      <legend className="sr-only">Groups and people</legend>
      {known.size > FEW && <Filter label="Find groups and people" value={wanted} onChange={setWanted} />}
      <div className="scroll -mx-1 max-h-64">
        {groups
          .filter(({ id }) => matches(wanted, [id]))
          .map(({ id, members }) => (
            <Pick key={id} id={GROUP_PREFIX + id} picked={picked} onToggle={onToggle}>
              <UsersRound size={14} className="mx-[3px] shrink-0 text-faint" aria-hidden />
              <span className="min-w-0 truncate">
                Group <Name>{id}</Name>
                <span className="text-faint"> · {members.length}</span>
              </span>
            </Pick>
          ))}
        {people
          .filter(({ id, name }) => matches(wanted, [id, name]))
          .map((person) => (
            <Pick key={person.id} id={person.id} picked={picked} onToggle={onToggle}>
              <Avatar person={person} size={20} />
              <span className="min-w-0 truncate">
                <Name>{person.name}</Name>
                <span className="text-faint"> · {person.guest ? 'guest' : person.id}</span>
              </span>
            </Pick>
          ))}
        {strangers.map((id) => (
          <Pick key={id} id={id} picked={picked} onToggle={onToggle}>
            <span className="min-w-0 truncate">
              {groupNamed(id) === undefined ? '' : 'Group '}
              <Name>{groupNamed(id) ?? id}</Name>
              <span className="text-faint"> · not here yet</span>
            </span>
          </Pick>
        ))}
      </div>
    </fieldset>
  )
}

interface PickProps {
  id: string
  picked: readonly string[]
  onToggle: (id: string) => void
  children: ReactNode
}

function Pick({ id, picked, onToggle, children }: PickProps) {
  return (
    <label className="flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-1.5 text-sm hover:bg-wash has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input
        type="checkbox"
        checked={picked.includes(id)}
        onChange={() => onToggle(id)}
        className="size-4 shrink-0 accent-accent"
      />
      {children}
    </label>
  )
}
