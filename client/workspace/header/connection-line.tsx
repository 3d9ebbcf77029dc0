import { useConnection } from '@colloquy/client/react'
import { CloudOff, LoaderCircle } from 'lucide-react'
import { useEffect, useState } from 'react'

/** A blink of the network is nobody's concern. */
const PATIENCE_MS = 1_500

const FULL = 'This session is full. You come in once somebody leaves.'

/** Says what a lost connection means, not that there is a socket. */
export function ConnectionLine() {
  const { state, reason, unsent } = useConnection()
  const lost = state === 'offline' || state === 'reconnecting'
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(lost), lost && state !== 'offline' ? PATIENCE_MS : 0)
    return () => clearTimeout(timer)
  }, [lost, state])
  if (!shown || !lost) return null
  const Icon = state === 'offline' ? CloudOff : LoaderCircle
  const sent = unsent === 1 ? '1 prompt' : `${unsent} prompts`
  return (
    <div
      role="status"
      className="flex min-h-9 shrink-0 items-center justify-center gap-2 border-line border-b bg-wash px-4 py-1 text-dim text-sm"
    >
      <Icon size={14} aria-hidden className={state === 'offline' ? '' : 'spin'} />
      {state === 'offline' ? whoIsAway() : reason === 'FULL' ? FULL : 'Connecting again…'}
      {state === 'offline' && <span className="max-sm:hidden">You can go on reading and writing.</span>}
      {unsent > 0 && <span className="font-medium text-ink">{sent} will be sent.</span>}
    </div>
  )
}

/** Nobody should look for a fault in their own network while the server is down. */
function whoIsAway(): string {
  return navigator.onLine ? 'The server does not answer.' : 'You are offline.'
}
