import type { Snapshot } from '@colloquy/client'
import { useSnapshot } from '@colloquy/client/react'
import type { ToolInfo } from '@colloquy/client/team'
import { useEffect } from 'react'
import { Popover } from '../parts/popover.tsx'
import { CONSENT } from '../parts/tool-words.ts'
import { useAccount } from '../sign-in/account.ts'

const selectWithout = ({ withoutTools }: Snapshot) => withoutTools

/** What an answer may call, and which of it needs somebody's consent. */
export function ToolsOffered() {
  const { info } = useAccount()
  const without = useSnapshot(selectWithout)
  const tools = info.tools.filter(({ name }) => !without.includes(name))
  if (tools.length === 0) return null
  const count = `${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`
  return (
    <>
      <span className="max-sm:hidden">·</span>
      <Popover
        label={`${count} that answers may call`}
        button={count}
        buttonClass="min-h-6 shrink-0 rounded-sm underline-offset-2 hover:text-ink hover:underline"
        side="top"
        align="end"
        className="w-[min(340px,calc(100vw-16px))] scroll"
      >
        {() => <Offered tools={tools} />}
      </Popover>
    </>
  )
}

function Offered({ tools }: { tools: readonly ToolInfo[] }) {
  const { readInfo } = useAccount()
  useEffect(() => {
    // What an admin has changed since is nowhere told; what was known last is better than a refusal.
    readInfo().catch(() => undefined)
  }, [readInfo])
  return (
    <ul className="flex flex-col gap-2 p-2 text-xs">
      {tools.map(({ name, description, effect, approver }) => (
        <li key={name} className="min-w-0">
          <p className="flex flex-wrap gap-x-2">
            <span className="break-all font-mono">{name}</span>
            <span className="text-faint">
              {effect}
              {approver && ` · ${CONSENT[approver]}`}
            </span>
          </p>
          <p className="line-clamp-3 text-dim">{description}</p>
        </li>
      ))}
    </ul>
  )
}
