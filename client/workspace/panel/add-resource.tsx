import { useLanes, usePeople } from '@colloquy/client/react'
import type { Resource } from '@colloquy/client/team'
import { Upload } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { audienceOf, ONLY_ME } from '../audience/choice.ts'
import ReadersPicker from '../audience/readers-picker.tsx'
import { useChoice } from '../audience/use-choice.ts'
import { announce } from '../parts/announcer.tsx'
import { Choice } from '../parts/choice.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { DialogEnd } from '../parts/dialog-end.tsx'
import { cutTitle, TitleField } from '../parts/title-field.tsx'
import { useAct } from '../parts/use-act.ts'
import { useAccount } from '../sign-in/account.ts'
import { describeFile, FORMATS, type Format, nameFor, problemOf, TEXT_BYTES } from './resource-text.ts'

/** The server puts this much behind the name that a person gives. */
const SUFFIX = 23
const ENDINGS = '.txt,.text,.log,.md,.markdown,.csv,.tsv,.json,text/*,application/json'

export interface AddResourceProps {
  /** What was dropped; null: nothing yet. */
  file: File | null
  known: readonly Resource[]
  onClose: () => void
  onAdded: () => void
}

/** A text, pasted or from a file, with a title and those who may read it. */
export function AddResource({ file, known, onClose, onAdded }: AddResourceProps) {
  const { workspace, me } = useAccount()
  const { members } = usePeople()
  const { groups } = useLanes()
  // Whoever writes for a few right now does not mean everyone.
  const current = useChoice().choice
  const [readers, setReaders] = useState(current === 'everyone' ? current : ONLY_ME)
  const [title, setTitle] = useState('')
  const [text, setText] = useState('')
  const [format, setFormat] = useState<Format>('text')
  const [tooLong, setTooLong] = useState(false)
  const act = useAct()
  const problem = tooLong ? 'That file is too long: at most 1 MB.' : problemOf(text, format)

  const take = async (from: File) => {
    // Not read: it may be a film.
    if (from.size > TEXT_BYTES) return setTooLong(true)
    const described = describeFile(from.name)
    setTitle((before) => (before.trim() === '' ? cutTitle(described.title) : before))
    setFormat(described.format)
    setText(await from.text())
    setTooLong(false)
  }
  const took = useRef<File | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each file
  useEffect(() => {
    if (!file || took.current === file) return
    took.current = file
    void take(file)
  }, [file])

  const add = (event: FormEvent) => {
    event.preventDefault()
    void act.run(async () => {
      const mine = known.filter(({ by }) => by.id === me.userId).map(({ id }) => id.slice(0, -SUFFIX))
      const name = nameFor(title, (each) => mine.includes(each))
      await workspace.putResource(name, {
        ...{ title: title.trim(), text, format },
        audience: audienceOf(readers, me.userId),
      })
      announce('Added')
      onAdded()
      onClose()
    })
  }

  return (
    <Dialog title="Add a resource" onClose={onClose} wide>
      <form
        onSubmit={add}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          const [dropped] = event.dataTransfer.files
          if (dropped) void take(dropped)
        }}
        className="flex flex-col gap-3"
      >
        <div className="grid grid-cols-[minmax(0,1fr)_112px] gap-2">
          <TitleField value={title} onChange={setTitle} />
          <Choice label="Format" value={format} options={FORMATS} onChange={setFormat} />
        </div>
        <div>
          <div className="flex items-center gap-1 pb-1 text-dim text-xs">
            <label htmlFor="resource-text" className="flex-1">
              Text
            </label>
            <span className="max-sm:hidden">Paste it, drop a file, or</span>
            <label className="flex h-7 cursor-pointer items-center gap-1.5 rounded-sm px-2 font-medium text-sm hover:bg-wash hover:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent">
              <Upload size={13} aria-hidden />
              Choose a file
              <input
                type="file"
                accept={ENDINGS}
                className="sr-only"
                onChange={({ target }) => {
                  const chosen = target.files?.[0]
                  if (chosen) void take(chosen)
                }}
              />
            </label>
          </div>
          <textarea
            id="resource-text"
            required
            dir="auto"
            value={text}
            aria-invalid={problem !== null}
            onChange={({ target }) => {
              setText(target.value)
              setTooLong(false)
              act.forget()
            }}
            className="scroll h-[24dvh] w-full resize-none rounded-sm border border-line-2 bg-raised px-2.5 py-2 font-mono text-xs max-md:text-[16px]"
          />
          <p role="status" className="text-bad text-xs empty:hidden">
            {problem}
          </p>
        </div>
        <ReadersPicker
          label="Who may read it"
          choice={readers}
          candidates={{ members, groups }}
          myId={me.userId}
          everyone={{ title: 'Everyone in the workspace', text: 'In every session, now and later' }}
          onlyMe="Answers that consult it go on with you alone"
          onChange={setReaders}
        />
        <DialogEnd
          act={act}
          label="Add"
          ready={problem === null && title.trim() !== '' && text.trim() !== ''}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  )
}
