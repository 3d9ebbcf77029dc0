import { type FormEvent, useState } from 'react'
import { announce } from '../parts/announcer.tsx'
import { Button } from '../parts/button.tsx'
import { Shown } from '../parts/shown.tsx'
import { useAct } from '../parts/use-act.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { useAccount } from '../sign-in/account.ts'
import { Place } from './place.tsx'

const NAME_LENGTH = 200
const TEXT_LENGTH = 16_000
/** From here on it is told how much room is left. */
const NEAR_END = 14_000

/** The workspace's name, what the model is told of it, and what it runs on. */
export function WorkspaceForm() {
  const { workspace } = useAccount()
  const loaded = useLoaded(workspace.info)
  return (
    <Place title="Workspace" text="What holds for everybody and in every session.">
      <Shown of={loaded}>
        {({ name, systemText = '', models }) => (
          <>
            {/* Another one once what was saved has been read. */}
            <Fields
              key={JSON.stringify([name, systemText])}
              name={name}
              systemText={systemText}
              onSaved={loaded.again}
            />
            <Models models={models} />
          </>
        )}
      </Shown>
    </Place>
  )
}

interface FieldsProps {
  name: string
  systemText: string
  onSaved: () => Promise<void>
}

function Fields(given: FieldsProps) {
  const { workspace, readInfo } = useAccount()
  const [name, setName] = useState(given.name)
  const [systemText, setSystemText] = useState(given.systemText)
  const act = useAct()
  const changed = name.trim() !== given.name || systemText !== given.systemText
  const edit = (set: (text: string) => void) => (text: string) => {
    set(text)
    act.forget()
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    void act.run(async () => {
      // Only what was written here: what another admin has saved meanwhile stays.
      await workspace.setWorkspace({
        ...(name.trim() === given.name ? {} : { name: name.trim() }),
        ...(systemText === given.systemText ? {} : { systemText }),
      })
      await Promise.all([readInfo(), given.onSaved()])
      announce('Saved')
    })
  }
  return (
    <form onSubmit={save} className="flex flex-col gap-5">
      <label className="flex max-w-[360px] flex-col gap-1 font-medium text-sm">
        Name
        <input
          required
          maxLength={NAME_LENGTH}
          value={name}
          onChange={({ target }) => edit(setName)(target.value)}
          className="h-8 rounded-md border border-line-2 bg-raised px-2.5 font-normal text-sm max-md:text-[16px]"
        />
      </label>
      <div className="flex flex-col gap-1">
        <label htmlFor="system-text" className="font-medium text-sm">
          What every answer is told about this team
        </label>
        <p id="system-text-hint" className="text-dim text-sm">
          The model reads it before each prompt, in every session. It holds for answers that begin from now
          on.
        </p>
        <textarea
          id="system-text"
          aria-describedby="system-text-hint"
          dir="auto"
          rows={10}
          maxLength={TEXT_LENGTH}
          value={systemText}
          placeholder="We build sailing boats. Prices are in euros. Answer briefly."
          onChange={({ target }) => edit(setSystemText)(target.value)}
          className="scroll resize-y rounded-md border border-line-2 bg-raised px-2.5 py-2 text-sm max-md:text-[16px]"
        />
        {systemText.length > NEAR_END && (
          <p className="text-faint text-xs">{TEXT_LENGTH - systemText.length} characters are left.</p>
        )}
      </div>
      {act.problem !== null && (
        <p role="alert" className="text-bad text-sm">
          {act.problem}
        </p>
      )}
      <div className="flex items-center gap-2">
        <Button type="submit" kind="fill" disabled={!changed || name.trim() === '' || act.busy}>
          Save
        </Button>
        {changed && !act.busy && (
          <Button
            kind="quiet"
            onClick={() => {
              edit(setName)(given.name)
              setSystemText(given.systemText)
            }}
          >
            Discard
          </Button>
        )}
      </div>
    </form>
  )
}

function Models({ models }: { models: readonly string[] }) {
  return (
    <section className="mt-8 border-line border-t pt-5">
      <h3 className="font-medium text-sm">Models</h3>
      <p className="text-dim text-sm">
        {models.length === 1
          ? 'What answers are made with. Whoever runs the server sets it.'
          : 'What a prompt may be answered by; the first is the default. Whoever runs the server sets them.'}
      </p>
      <ul className="pt-2">
        {models.map((model) => (
          <li key={model} className="break-all font-mono text-dim text-xs leading-6">
            {model}
          </li>
        ))}
      </ul>
    </section>
  )
}
