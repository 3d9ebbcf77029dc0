import type { Grantees } from '@colloquy/client/team'
import { Switch } from '../parts/switch.tsx'
import { CONSENT, EFFECT } from '../parts/tool-words.ts'
import { useAct } from '../parts/use-act.ts'
import type { GrantOf } from './grant-dialog.tsx'
import { granteesWords } from './grant-words.ts'
import type { ServerTool } from './offered.ts'

export interface ToolRowProps {
  tool: ServerTool
  offered: boolean
  grant: { use: Grantees; approve: Grantees }
  nameOf: (userId: string) => string
  onOffer: (offered: boolean) => Promise<void>
  onGrant: (field: GrantOf['field']) => void
}

export function ToolRow({ tool, offered, grant, nameOf, onOffer, onGrant }: ToolRowProps) {
  const { name, description, effect, approver } = tool
  const act = useAct()
  return (
    <li className="border-line border-b py-3">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h3 className="flex flex-wrap items-baseline gap-x-2">
            <span className={`break-all font-medium font-mono text-sm ${offered ? '' : 'text-faint'}`}>
              {name}
            </span>
            <span className="text-faint text-xs">
              {effect === undefined ? 'away: its server does not answer' : EFFECT[effect]}
              {approver && ` · ${CONSENT[approver]}`}
            </span>
          </h3>
          <p className={`line-clamp-2 text-sm ${offered ? 'text-dim' : 'text-faint'}`}>{description}</p>
        </div>
        <Switch
          label={`Answers may call ${name}`}
          on={offered}
          disabled={act.busy}
          onChange={(next) => void act.run(() => onOffer(next))}
        />
      </div>
      <dl className="mt-1.5 flex flex-wrap gap-x-5 gap-y-1 text-xs">
        <GrantLine
          words="Used by"
          label={`Change who may use ${name}`}
          value={granteesWords(grant.use, nameOf)}
          onChange={() => onGrant('use')}
        />
        {approver && (
          <GrantLine
            words="Allowed by"
            label={`Change who may allow calls of ${name}`}
            value={granteesWords(grant.approve, nameOf)}
            onChange={() => onGrant('approve')}
          />
        )}
      </dl>
      {act.problem !== null && (
        <p role="alert" className="pt-1 text-bad text-xs">
          {act.problem}
        </p>
      )}
    </li>
  )
}

interface GrantLineProps {
  words: string
  label: string
  value: string
  onChange: () => void
}

function GrantLine({ words, label, value, onChange }: GrantLineProps) {
  return (
    <div className="flex min-w-0 items-center gap-1.5">
      <dt className="shrink-0 text-faint">{words}</dt>
      <dd className="min-w-0">
        <button
          type="button"
          aria-label={`${label}, now ${value}`}
          onClick={onChange}
          className="flex min-h-6 max-w-full items-center truncate rounded-sm text-left text-accent hover:underline"
        >
          <bdi>{value}</bdi>
        </button>
      </dd>
    </div>
  )
}
