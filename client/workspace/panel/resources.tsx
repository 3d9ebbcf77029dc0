import { useSession } from '@colloquy/client/react'
import type { Resource } from '@colloquy/client/team'
import { FileText, Lock, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useWho } from '../audience/use-who.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { Confirm } from '../parts/dialog.tsx'
import { cleanName } from '../parts/names.ts'
import { sentenceFor } from '../parts/refusals.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { useAccount } from '../sign-in/account.ts'
import { AddResource } from './add-resource.tsx'
import ReadResource from './read-resource.tsx'
import { resourceReaders } from './resource-text.ts'
import { Section } from './section.tsx'
import { useResources } from './use-resources.ts'

type Doing = { kind: 'add'; file: File | null } | { kind: 'read' | 'remove'; resource: Resource }

/** Texts of the workspace that the assistant may consult for this person. */
export function Resources() {
  const { workspace, me } = useAccount()
  const { resources, failed, read } = useResources()
  const [doing, setDoing] = useState<Doing | null>(null)
  const [over, setOver] = useState(false)
  const who = useWho()
  const close = () => setDoing(null)
  const session = useSession().id
  const ofAll = resources?.filter(({ sessionId }) => sessionId === undefined)
  const attached = resources?.filter(({ sessionId }) => sessionId === session) ?? []
  const list = (some: readonly Resource[]) => (
    <ul>
      {some.map((resource) => (
        <Row
          key={resource.id}
          resource={resource}
          onRead={() => setDoing({ kind: 'read', resource })}
          onRemove={() => setDoing({ kind: 'remove', resource })}
        />
      ))}
    </ul>
  )
  return (
    <Section
      title="Resources"
      action={
        !me.guest && (
          <Button size="sm" kind="quiet" onClick={() => setDoing({ kind: 'add', file: null })}>
            <Plus size={13} aria-hidden />
            Add
          </Button>
        )
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button does the same */}
      <div
        className={`-mx-2 rounded-md border border-dashed px-2 ${over ? 'border-accent bg-tint' : 'border-transparent'}`}
        onDragOver={(event) => {
          if (me.guest || !event.dataTransfer.types.includes('Files')) return
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          const [file] = event.dataTransfer.files
          if (file && !me.guest) setDoing({ kind: 'add', file })
        }}
      >
        {failed !== null && <p className="text-bad text-xs">{sentenceFor(failed)}</p>}
        {ofAll?.length === 0 && attached.length === 0 && (
          <p className="pb-1 text-faint text-xs">
            Nothing here yet. What you add can be consulted by answers for those who may read it.
          </p>
        )}
        {attached.length > 0 && (
          <>
            <h4 className="pt-1 text-faint text-xs">Attached in this session</h4>
            {list(attached)}
            {ofAll && ofAll.length > 0 && <h4 className="pt-2 text-faint text-xs">Of the workspace</h4>}
          </>
        )}
        {ofAll && list(ofAll)}
      </div>
      {doing?.kind === 'add' && (
        <AddResource file={doing.file} known={resources ?? []} onClose={close} onAdded={read} />
      )}
      {doing?.kind === 'read' && (
        <ReadResource id={doing.resource.id} title={doing.resource.title} who={who} onClose={close} />
      )}
      {doing?.kind === 'remove' && (
        <Confirm
          title={`Remove “${cleanName(doing.resource.title)}”?`}
          text="Its text is destroyed for all who may read it. Answers that consulted it stay."
          action="Remove"
          onClose={close}
          onConfirm={() => {
            close()
            workspace.removeResource(doing.resource.id).then(read, tellRefusal)
          }}
        />
      )}
    </Section>
  )
}

interface RowProps {
  resource: Resource
  onRead: () => void
  onRemove: () => void
}

function Row({ resource, onRead, onRemove }: RowProps) {
  const who = useWho()
  const { title, by } = resource
  const { words, open } = resourceReaders(resource, who)
  const Icon = open ? FileText : Lock
  return (
    <li className="flex min-h-10 items-center gap-2.5">
      <Icon size={14} className={`shrink-0 ${open ? 'text-faint' : 'text-private'}`} aria-hidden />
      <button
        type="button"
        onClick={onRead}
        className="min-w-0 flex-1 rounded-sm text-left text-sm leading-4 hover:underline"
      >
        <bdi className="block truncate">{cleanName(title)}</bdi>
        <span className={`block truncate text-xs ${open ? 'text-faint' : 'text-private'}`}>
          {words}
          {by.id !== who.myId && ` · by ${cleanName(by.name)}`}
        </span>
      </button>
      {by.id === who.myId && (
        <IconButton label={`Remove ${cleanName(title)}`} onClick={onRemove}>
          <Trash2 size={14} aria-hidden />
        </IconButton>
      )}
    </li>
  )
}
