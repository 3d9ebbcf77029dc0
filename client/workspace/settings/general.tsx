import type { Snapshot } from '@colloquy/client'
import { usePeople, useSnapshot } from '@colloquy/client/react'
import type { SessionManagement } from '@colloquy/client/team'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { announce } from '../parts/announcer.tsx'
import { Button } from '../parts/button.tsx'
import { ConfirmAct } from '../parts/confirm-act.tsx'
import { mayModerate } from '../parts/roles.ts'
import { TitleField } from '../parts/title-field.tsx'
import { useAct } from '../parts/use-act.ts'
import { useAccount } from '../sign-in/account.ts'
import { isOnlyOwner } from './member-words.ts'

const selectTitle = ({ title }: Snapshot) => title

export function General({ manage }: { manage: SessionManagement }) {
  const { me } = usePeople()
  return (
    <>
      {mayModerate(me) ? <Rename manage={manage} /> : <TitleToRead />}
      <Leave manage={manage} />
    </>
  )
}

function Rename({ manage }: { manage: SessionManagement }) {
  const title = useSnapshot(selectTitle)
  /** Null: as it is, also when somebody else changes it. */
  const [written, setWritten] = useState<string | null>(null)
  const act = useAct()
  const value = written ?? title
  const save = (event: FormEvent) => {
    event.preventDefault()
    void act.run(async () => {
      await manage.rename(value.trim())
      setWritten(null)
      announce('Renamed')
    })
  }
  return (
    <form onSubmit={save} className="flex flex-col gap-2">
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <TitleField
            value={value}
            onChange={(next) => {
              setWritten(next)
              act.forget()
            }}
          />
        </div>
        <Button
          type="submit"
          kind="fill"
          disabled={act.busy || value.trim() === '' || value.trim() === title}
        >
          Rename
        </Button>
      </div>
      <p className="text-faint text-xs">Everyone in the session sees the new title at once.</p>
      {act.problem !== null && (
        <p role="alert" className="text-bad text-sm">
          {act.problem}
        </p>
      )}
    </form>
  )
}

function TitleToRead() {
  const title = useSnapshot(selectTitle) || 'Untitled session'
  return (
    <>
      <h3 className="text-dim text-xs">Title</h3>
      <p className="font-medium" dir="auto">
        {title}
      </p>
      <p className="pt-1 text-faint text-xs">An owner or a moderator can change it.</p>
    </>
  )
}

function Leave({ manage }: { manage: SessionManagement }) {
  const { members, me } = usePeople()
  const [asked, setAsked] = useState(false)
  const { embedded } = useAccount()
  const [, navigate] = useLocation()
  const stuck = isOnlyOwner(me?.id, members)
  return (
    <section className="mt-6 border-line border-t pt-4">
      <h3 className="font-medium">Leave this session</h3>
      <div className="flex items-start gap-4 max-sm:flex-col">
        <p className="min-w-0 flex-1 text-dim text-sm">
          {stuck
            ? 'You are its only owner. Make somebody else an owner first, under Members.'
            : 'What you said stays. You read nothing of it any more, unless you are invited again.'}
        </p>
        <Button kind="bad" disabled={stuck} onClick={() => setAsked(true)}>
          Leave…
        </Button>
      </div>
      {asked && (
        <ConfirmAct
          title="Leave this session?"
          text="What you have waiting and running here ends. What this browser kept of the session is deleted. To come back you need a new invite."
          action="Leave"
          onClose={() => setAsked(false)}
          onAct={async () => {
            await manage.leave()
            // Elsewhere the page is not ours: the session says there that one is out.
            if (!embedded) navigate('/')
          }}
        />
      )}
    </section>
  )
}
