import type { Session, Snapshot } from '@colloquy/client'
import { usePeople, useSession, useSnapshot } from '@colloquy/client/react'
import type { SessionManagement, ToolInfo } from '@colloquy/client/team'
import { announce } from '../parts/announcer.tsx'
import { Shown } from '../parts/shown.tsx'
import { Switch } from '../parts/switch.tsx'
import { CONSENT, EFFECT } from '../parts/tool-words.ts'
import { useAct } from '../parts/use-act.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { useAccount } from '../sign-in/account.ts'
import { Heading } from './heading.tsx'

/** Which of the workspace's tools answers here do without; owners say so. */
export function SessionTools({ manage }: { manage: SessionManagement }) {
  const { workspace } = useAccount()
  const { me } = usePeople()
  const owner = me?.role === 'owner'
  const loaded = useLoaded(workspace.info)
  return (
    <>
      <Heading title="Tools of this session">
        {owner
          ? 'What answers here may call, of what the workspace offers. It holds from the next call on, for everybody.'
          : 'What answers here may call, of what the workspace offers. Owners say which.'}
      </Heading>
      <Shown of={loaded}>
        {({ tools }) =>
          tools.length === 0 ? (
            <p className="text-faint text-sm">This workspace offers no tools.</p>
          ) : (
            <ul className="border-line border-t">
              {tools.map((tool) => (
                <Row key={tool.name} tool={tool} mayChange={owner} manage={manage} />
              ))}
            </ul>
          )
        }
      </Shown>
    </>
  )
}

interface RowProps {
  tool: ToolInfo
  mayChange: boolean
  manage: SessionManagement
}

const selectWithout = ({ withoutTools }: Snapshot) => withoutTools

function Row({ tool, mayChange, manage }: RowProps) {
  const { name, description, effect, approver } = tool
  const session = useSession()
  const on = !useSnapshot(selectWithout).includes(name)
  const act = useAct()
  const set = (next: boolean) =>
    act.run(async () => {
      // As they are now, not as this was drawn: another may have been switched since.
      const others = session.snapshot().withoutTools.filter((each) => each !== name)
      await manage.setPolicy({ withoutTools: next ? others : [...others, name] })
      await heard(session, (now) => now.withoutTools.includes(name) !== next)
      announce(next ? `Answers here may call ${name}` : `Answers here do without ${name}`)
    })
  return (
    <li className="flex items-start gap-3 border-line border-b py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="break-all font-mono text-xs">{name}</span>
          <span className="text-faint text-xs">
            {EFFECT[effect]}
            {approver && ` · ${CONSENT[approver]}`}
          </span>
        </p>
        <p className="line-clamp-2 text-dim text-sm">{description}</p>
        {act.problem !== null && (
          <p role="alert" className="text-bad text-xs">
            {act.problem}
          </p>
        )}
      </div>
      {mayChange ? (
        <Switch
          label={`Answers here may call ${name}`}
          on={on}
          disabled={act.busy}
          onChange={(next) => void set(next)}
        />
      ) : (
        <span className="shrink-0 text-dim text-sm">{on ? 'May be called' : 'Not here'}</span>
      )}
    </li>
  )
}

/** Everybody hears of it, this page too; it is not told as done before it is shown. */
const PATIENCE_MS = 3_000

function heard(session: Session, holds: (snapshot: Snapshot) => boolean): Promise<void> {
  if (holds(session.snapshot())) return Promise.resolve()
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      stop()
      resolve()
    }
    const timer = setTimeout(over, PATIENCE_MS)
    const stop = session.subscribe((snapshot) => holds(snapshot) && over())
  })
}
