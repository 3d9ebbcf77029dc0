import type { Member, Role } from '@colloquy/client'
import { usePeople } from '@colloquy/client/react'
import type { SessionManagement } from '@colloquy/client/team'
import { ROLES } from '@colloquy/shared/roles'
import { UserMinus } from 'lucide-react'
import { useState } from 'react'
import { announce } from '../parts/announcer.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { IconButton } from '../parts/button.tsx'
import { Choice } from '../parts/choice.tsx'
import { ConfirmAct } from '../parts/confirm-act.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName } from '../parts/names.ts'
import { ROLE_WORDS } from '../parts/roles.ts'
import { useAct } from '../parts/use-act.ts'
import { Heading } from './heading.tsx'
import { byRole, isOnlyOwner, type Question, removeQuestion, roleQuestion } from './member-words.ts'

interface Asked extends Question {
  run: () => Promise<void>
}

/** Who is in, and as what; owners change it. */
export function Members({ manage }: { manage: SessionManagement }) {
  const { members, people, me } = usePeople()
  const [asked, setAsked] = useState<Asked | null>(null)
  const owner = me?.role === 'owner'
  const here = new Set(people.map(({ id }) => id))
  return (
    <>
      <Heading title={members.length === 1 ? '1 member' : `${members.length} members`}>
        {owner
          ? 'To bring somebody in, make an invite under Share.'
          : 'Owners change roles and take people out. You can leave under General.'}
      </Heading>
      <ul className="border-line border-t">
        {byRole(members).map((member) => (
          <Row
            key={member.id}
            member={member}
            isMe={member.id === me?.id}
            isHere={here.has(member.id)}
            mayChange={owner}
            only={isOnlyOwner(member.id, members)}
            manage={manage}
            onAsk={setAsked}
          />
        ))}
      </ul>
      <Legend />
      {asked && (
        <ConfirmAct
          title={asked.title}
          text={asked.text}
          action={asked.action}
          onAct={asked.run}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  )
}

interface RowProps {
  member: Member
  isMe: boolean
  isHere: boolean
  mayChange: boolean
  /** The only owner. */
  only: boolean
  manage: SessionManagement
  onAsk: (asked: Asked) => void
}

function Row({ member, isMe, isHere, mayChange, only, manage, onAsk }: RowProps) {
  const act = useAct()
  const name = cleanName(member.name)
  const give = (role: Role) => {
    const run = async () => {
      await manage.setMember(member.id, role)
      announce(`${name} is ${ROLE_WORDS[role].name.toLowerCase()} now`)
    }
    const question = roleQuestion(member, role, isMe)
    if (question) onAsk({ ...question, run })
    else void act.run(run)
  }
  const remove = () =>
    onAsk({
      ...removeQuestion(member),
      run: async () => {
        await manage.removeMember(member.id)
        announce(`${name} is out`)
      },
    })
  return (
    <li className="border-line border-b py-1.5">
      <div className="flex min-h-9 items-center gap-2.5">
        <Avatar person={member} size={28} />
        <span className="min-w-0 flex-1 leading-4">
          <span className="block truncate font-medium text-sm">
            <Name>{member.name}</Name>
            {isMe && <span className="font-normal text-faint"> (you)</span>}
          </span>
          <span className="block text-faint text-xs">
            {mayChange && only
              ? 'The only owner. Make somebody else an owner before you step down.'
              : isHere
                ? 'Here now'
                : 'Not here now'}
          </span>
        </span>
        {mayChange && !only ? (
          <Choice
            label={`Role of ${name}`}
            bare
            value={member.role}
            disabled={act.busy}
            options={ROLES.map((value) => ({ value, label: ROLE_WORDS[value].name }))}
            onChange={give}
          />
        ) : (
          <span className="text-dim text-sm">{ROLE_WORDS[member.role].name}</span>
        )}
        {mayChange && !isMe ? (
          <IconButton label={`Take ${name} out`} onClick={remove} className="hover:text-bad">
            <UserMinus size={15} aria-hidden />
          </IconButton>
        ) : (
          mayChange && <span className="w-7" />
        )}
      </div>
      {act.problem !== null && (
        <p role="alert" className="pl-[38px] text-bad text-xs">
          {act.problem}
        </p>
      )}
    </li>
  )
}

/** What the roles mean, for who gives them. */
function Legend() {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 pt-3 text-faint text-xs">
      {ROLES.map((role) => (
        <div key={role} className="contents">
          <dt className="font-medium">{ROLE_WORDS[role].name}</dt>
          <dd>{ROLE_WORDS[role].may}</dd>
        </div>
      ))}
    </dl>
  )
}
