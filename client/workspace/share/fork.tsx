import type { Message, Snapshot } from '@colloquy/client'
import { useSession, useSnapshot } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { inSentence, readersOf } from '../audience/reader-words.ts'
import { useWho } from '../audience/use-who.ts'
import { Dialog } from '../parts/dialog.tsx'
import { DialogEnd } from '../parts/dialog-end.tsx'
import { cleanName } from '../parts/names.ts'
import { cutTitle, TitleField } from '../parts/title-field.tsx'
import { useAct } from '../parts/use-act.ts'
import { sessionPath } from '../sign-in/entry.ts'

const selectTitle = ({ title }: Snapshot) => title

/** A session of one's own that begins with what was said here. */
export default function Fork({ message, onClose }: { message: Message; onClose: () => void }) {
  const session = useSession()
  const who = useWho()
  const [, navigate] = useLocation()
  const of = cleanName(useSnapshot(selectTitle) || 'Untitled session')
  const [title, setTitle] = useState(cutTitle(`${of}, continued`))
  const act = useAct()
  const readers = message.audience === EVERYONE ? 'everyone' : inSentence(readersOf(message.audience, who))

  const fork = (event: FormEvent) => {
    event.preventDefault()
    void act.run(async () => {
      const id = await session.fork(message.laneId, message.metadata.seq, title.trim())
      onClose()
      navigate(sessionPath(id))
    })
  }

  return (
    <Dialog title="Fork from here" onClose={onClose}>
      <form onSubmit={fork} className="flex flex-col gap-3">
        <p className="text-dim text-sm">
          Copies what {readers} can read here, up to this message, into a new session. You are alone in it
          until you invite others, and whoever you invite reads the copy.
        </p>
        <TitleField value={title} onChange={setTitle} />
        <DialogEnd act={act} label="Fork" ready={title.trim() !== ''} onCancel={onClose} />
      </form>
    </Dialog>
  )
}
