import { EVERYONE } from '@colloquy/shared/audience'
import { Lock, Users, UsersRound } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Avatar } from '../parts/avatar.tsx'
import { Name } from '../parts/name.tsx'
import { type Candidates, type Choice, groupPick, ONLY_ME, type Picked, toggled } from './choice.ts'

export interface ReadersPickerProps {
  /** What is chosen for, for those who listen. */
  label: string
  /** Null: nothing was chosen yet. */
  choice: Choice | null
  candidates: Candidates
  myId: string
  /** What `everyone` is called here, and means. */
  everyone?: { title: string; text: string }
  /** Without it "Only me" is not offered. */
  onlyMe?: string
  /** Focus goes to what is chosen, when it appears. */
  takesFocus?: boolean
  onChange: (choice: Choice) => void
  /** Nothing is left to pick. */
  onDone?: () => void
}

const EVERYONE_HERE = { title: 'Everyone here, now and later', text: 'Also who joins this session later' }

/** The three ways to say who reads, with the platform's own radio buttons and checkboxes. */
export default function ReadersPicker(props: ReadersPickerProps) {
  const { label, choice, candidates, myId, everyone = EVERYONE_HERE, onlyMe, onChange, onDone } = props
  const { takesFocus = false } = props
  const name = useId()
  const set = useRef<HTMLFieldSetElement>(null)
  useEffect(() => {
    if (takesFocus) set.current?.querySelector<HTMLElement>('input:checked')?.focus()
  }, [takesFocus])
  const [asked, setAsked] = useState(false)
  const others = candidates.members.filter(({ id }) => id !== myId)
  const picked: readonly Picked[] = choice === null || choice === EVERYONE ? [] : choice
  const some = picked.length > 0 || (asked && choice !== EVERYONE)
  const way = (isChosen: boolean, set: () => void) => ({ name, isChosen, onChoose: set })

  return (
    <fieldset ref={set} className="flex min-w-0 flex-col">
      <legend className="sr-only">{label}</legend>
      <Way
        {...way(choice === EVERYONE, () => {
          setAsked(false)
          onChange(EVERYONE)
        })}
        icon={<Users size={14} aria-hidden />}
        {...everyone}
        onDone={onDone}
      />
      <Way
        {...way(some, () => {
          setAsked(true)
          onChange(ONLY_ME)
        })}
        icon={<UsersRound size={14} aria-hidden />}
        title="Some people"
        text={others.length === 0 ? 'Nobody else is in this session' : 'You, and whom you pick'}
        disabled={others.length === 0 && candidates.groups.length === 0}
      />
      {some && (
        <fieldset className="scroll my-0.5 ml-[34px] max-h-52">
          <legend className="sr-only">Who else reads</legend>
          {candidates.groups.map((group) => (
            <Check
              key={group.id}
              checked={picked.some(({ id }) => id === groupPick(group).id)}
              onToggle={() => onChange(toggled(picked, groupPick(group)))}
            >
              <UsersRound size={14} className="mx-[3px] shrink-0 text-faint" aria-hidden />
              <span className="min-w-0 truncate">
                Group <Name>{group.id}</Name>
                <span className="text-faint"> · {group.members.length} here</span>
              </span>
            </Check>
          ))}
          {others.map((member) => (
            <Check
              key={member.id}
              checked={picked.some(({ id }) => id === member.id)}
              onToggle={() => onChange(toggled(picked, { id: member.id, name: member.name }))}
            >
              <Avatar person={member} size={20} />
              <Name className="min-w-0 truncate">{member.name}</Name>
            </Check>
          ))}
        </fieldset>
      )}
      {onlyMe !== undefined && (
        <Way
          {...way(choice !== null && choice !== EVERYONE && !some, () => {
            setAsked(false)
            onChange(ONLY_ME)
          })}
          icon={<Lock size={14} aria-hidden />}
          title="Only me"
          text={onlyMe}
          onDone={onDone}
        />
      )}
    </fieldset>
  )
}

interface WayProps {
  name: string
  isChosen: boolean
  onChoose: () => void
  icon: ReactNode
  title: string
  text: string
  disabled?: boolean
  onDone?: (() => void) | undefined
}

function Way({ name, isChosen, onChoose, icon, title, text, disabled = false, onDone }: WayProps) {
  return (
    <label className="flex cursor-pointer items-start gap-2.5 rounded-sm px-2 py-1.5 transition-colors hover:bg-wash has-disabled:cursor-default has-focus-visible:outline-2 has-focus-visible:outline-accent has-disabled:opacity-60">
      <input
        type="radio"
        name={name}
        checked={isChosen}
        disabled={disabled}
        onChange={onChoose}
        // A pointer has said all there is to say; the arrow keys only pass by.
        onClick={({ detail }) => {
          if (detail > 0) onDone?.()
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !onDone) return
          // It would break a line where focus goes.
          event.preventDefault()
          onDone()
        }}
        className="sr-only"
      />
      <span
        aria-hidden
        className={`mt-[3px] grid size-4 shrink-0 place-items-center rounded-full border ${isChosen ? 'border-accent' : 'border-line-2'}`}
      >
        {isChosen && <span className="size-2 rounded-full bg-accent" />}
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5 font-medium text-sm">{title}</span>
        <span className="block text-faint text-xs">{text}</span>
      </span>
      <span className="mt-[3px] text-faint">{icon}</span>
    </label>
  )
}

function Check({
  checked,
  onToggle,
  children,
}: {
  checked: boolean
  onToggle: () => void
  children: ReactNode
}) {
  return (
    <label className="flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-1.5 text-sm transition-colors hover:bg-wash has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input
        type="checkbox"
        checked={checked}
        onChange={onToggle}
        className="size-4 shrink-0 accent-accent"
      />
      {children}
    </label>
  )
}
