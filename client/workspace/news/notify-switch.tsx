import { useId, useState } from 'react'
import { useAccount } from '../sign-in/account.ts'
import { type Notifying, notifying, turnNotifications } from './notify.ts'

const WHY: Record<Notifying, string> = {
  on: 'Also when you are mentioned or asked to approve. Only while this tab is out of sight, and without what was said.',
  off: 'While this tab is out of sight.',
  denied: 'This browser blocks notifications from here. Its settings for this site can allow them.',
  unsupported: 'This browser gives no notifications here.',
}

/** Nothing asks for notifications but this. */
export function NotifySwitch() {
  const { embedded, me } = useAccount()
  const [state, setState] = useState(() => notifying(me.userId))
  const id = useId()
  if (embedded) return null
  const able = state === 'on' || state === 'off'
  const turn = async () => {
    await turnNotifications(me.userId, state !== 'on')
    setState(notifying(me.userId))
  }
  return (
    <div className="border-line border-t px-4 py-3">
      <div className="flex min-h-7 items-center justify-between gap-3">
        <span id={id} className="text-sm">
          Tell me when my answer is ready
        </span>
        <button
          type="button"
          role="switch"
          aria-checked={state === 'on'}
          aria-labelledby={id}
          aria-describedby={`${id}why`}
          disabled={!able}
          onClick={() => void turn()}
          className="group grid h-6 w-9 shrink-0 place-items-center rounded-full disabled:opacity-50"
        >
          <span className="block h-5 w-9 rounded-full border border-line-2 bg-wash-2 p-0.5 transition-colors group-aria-checked:border-fill group-aria-checked:bg-fill">
            <span className="block size-3.5 rounded-full bg-faint transition-transform group-aria-checked:translate-x-4 group-aria-checked:bg-on-fill" />
          </span>
        </button>
      </div>
      <p id={`${id}why`} className="pt-0.5 text-faint text-xs">
        {WHY[state]}
      </p>
    </div>
  )
}
