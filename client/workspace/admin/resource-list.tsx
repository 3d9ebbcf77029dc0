import type { Resource } from '@colloquy/client/team'
import { FileText, Lock, Trash2 } from 'lucide-react'
import { useCallback, useState } from 'react'
import type { Who } from '../audience/reader-words.ts'
import ReadResource from '../panel/read-resource.tsx'
import { FORMATS, lengthWords, resourceReaders } from '../panel/resource-text.ts'
import { announce } from '../parts/announcer.tsx'
import { IconButton } from '../parts/button.tsx'
import { ConfirmAct } from '../parts/confirm-act.tsx'
import { cleanName } from '../parts/names.ts'
import { Shown } from '../parts/shown.tsx'
import { exactTimeOf, timeOf } from '../parts/times.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { useAccount } from '../sign-in/account.ts'
import { Filter, matches } from './filter.tsx'
import { namesOf } from './names-of.ts'
import { Nothing, Place } from './place.tsx'

/** So many are looked through by eye. */
const FEW = 8

type Doing = { kind: 'read' | 'remove'; resource: Resource }

/** What an admin reads of the workspace's resources: being one opens no others. */
export function ResourceList() {
  const { workspace, me } = useAccount()
  const load = useCallback(async () => {
    const [resources, people] = await Promise.all([workspace.resources(), workspace.people()])
    const who: Who = { myId: me.userId, nameOf: namesOf(people), isHere: () => true }
    return { resources, who }
  }, [workspace, me.userId])
  const loaded = useLoaded(load)
  const [wanted, setWanted] = useState('')
  const [doing, setDoing] = useState<Doing | null>(null)
  const close = () => setDoing(null)
  return (
    <Place
      title="Resources"
      text="Texts that answers may draw on for those who may read them. You see those that you may read: an admin reads no more than others. They are added in a session, under “What the assistant sees for you”."
    >
      <Shown of={loaded}>
        {({ resources, who }) => {
          const shown = resources.filter(({ title, by }) => matches(wanted, [title, by.name]))
          return (
            <>
              {resources.length > FEW && (
                <Filter label="Find resources" value={wanted} onChange={setWanted} />
              )}
              {shown.length === 0 ? (
                <Nothing>
                  {resources.length === 0 ? 'No resource that you may read.' : 'None is called that.'}
                </Nothing>
              ) : (
                <ul className="border-line border-t">
                  {shown.map((resource) => (
                    <Row
                      key={resource.id}
                      resource={resource}
                      who={who}
                      onRead={() => setDoing({ kind: 'read', resource })}
                      onRemove={() => setDoing({ kind: 'remove', resource })}
                    />
                  ))}
                </ul>
              )}
              {doing?.kind === 'read' && (
                <ReadResource id={doing.resource.id} title={doing.resource.title} who={who} onClose={close} />
              )}
              {doing?.kind === 'remove' && (
                <ConfirmAct
                  title={`Remove “${cleanName(doing.resource.title)}”?`}
                  text="Its text is destroyed for all who may read it. Answers that consulted it stay."
                  action="Remove"
                  onClose={close}
                  onAct={async () => {
                    await workspace.removeResource(doing.resource.id)
                    await loaded.again()
                    announce('Removed')
                  }}
                />
              )}
            </>
          )
        }}
      </Shown>
    </Place>
  )
}

interface RowProps {
  resource: Resource
  who: Who
  onRead: () => void
  onRemove: () => void
}

function Row({ resource, who, onRead, onRemove }: RowProps) {
  const { title, by, format, length, updatedAt } = resource
  const { words, open } = resourceReaders(resource, who)
  const Icon = open ? FileText : Lock
  return (
    <li className="flex min-h-14 items-center gap-3 border-line border-b py-2">
      <Icon size={16} className={`shrink-0 ${open ? 'text-faint' : 'text-private'}`} aria-hidden />
      <div className="min-w-0 flex-1">
        <button
          type="button"
          onClick={onRead}
          className="block min-h-6 max-w-full truncate rounded-sm text-left font-medium text-sm hover:underline"
        >
          <bdi>{cleanName(title)}</bdi>
        </button>
        <p className="text-faint text-xs">
          <span className={open ? '' : 'text-private'}>{words}</span>
          {` · ${FORMATS.find(({ value }) => value === format)?.label ?? format} · ${lengthWords(length)} · by `}
          <bdi>{cleanName(by.name)}</bdi>
          <span title={exactTimeOf(updatedAt)}>, {timeOf(updatedAt)}</span>
        </p>
      </div>
      <IconButton label={`Remove ${cleanName(title)}`} onClick={onRemove} className="hover:text-bad">
        <Trash2 size={15} aria-hidden />
      </IconButton>
    </li>
  )
}
