import type { Snapshot } from '@colloquy/client'
import { useSnapshot } from '@colloquy/client/react'
import { Name } from '../parts/name.tsx'
import { ToolsOffered } from './tools-offered.tsx'

const selectMe = ({ me }: Snapshot) => me

/** With whose rights the prompt will run, and what its answer may call. */
export function Credit() {
  const me = useSnapshot(selectMe)
  return (
    <span className="ml-auto flex min-w-0 items-center gap-1 pr-1 text-faint text-xs">
      {me && (
        <span className="min-w-0 truncate max-sm:hidden">
          as <Name>{me.name}</Name>
        </span>
      )}
      <ToolsOffered />
    </span>
  )
}
