import type { PendingCall } from '@colloquy/client/react'
import { Button } from '../../parts/button.tsx'
import type { Deciding } from './use-deciding.ts'

export interface VerdictProps {
  call: PendingCall
  editable: boolean
  deciding: Deciding
  describedBy: string
}

/** What the reader may do about a call that waits: nothing, for most. */
export function Verdict({ call, editable, deciding, describedBy }: VerdictProps) {
  const { busy, allow, deny, edit } = deciding
  const shared = { size: 'sm', disabled: busy, 'aria-describedby': describedBy } as const
  return (
    <>
      {call.mine && (
        <>
          <Button {...shared} kind="fill" onClick={allow}>
            Allow once
          </Button>
          <Button {...shared} onClick={deny}>
            Deny
          </Button>
        </>
      )}
      {editable && (
        <Button {...shared} kind="quiet" onClick={edit}>
          Edit
        </Button>
      )}
    </>
  )
}
