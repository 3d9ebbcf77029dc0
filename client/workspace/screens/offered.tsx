import { openWorkspace, type SignedIn } from '@colloquy/client/team'
import { useEffect, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'
import { codeOf, sentenceFor } from '../parts/refusals.ts'
import { Notice } from './notice.tsx'

const RETRY_MS = 3_000
/** What the server or the client says of a token that proves nobody. */
const SIGNED_OUT = new Set(['UNAUTHENTICATED', 'IDENTITY_CHANGED'])

export interface OfferedProps {
  token: string
  onAccept: () => Promise<void>
  onDecline: () => void
}

/** Asks before a link signs this browser in: its maker chose whom as. */
export default function Offered({ token, onAccept, onDecline }: OfferedProps) {
  const [found, setFound] = useState<{ me: SignedIn } | { code: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new try asks again
  useEffect(() => {
    let over = false
    openWorkspace({ url: '/', auth: () => token })
      .me()
      .then(
        (me) => over || setFound({ me }),
        (error: unknown) => over || setFound({ code: codeOf(error) }),
      )
    return () => {
      over = true
    }
  }, [token, tries])

  const lapsed = found !== null && 'code' in found && SIGNED_OUT.has(found.code)
  const unreachable = found !== null && 'code' in found && !lapsed
  useEffect(() => {
    if (!unreachable) return
    const timer = setInterval(() => setTries((before) => before + 1), RETRY_MS)
    return () => clearInterval(timer)
  }, [unreachable])

  if (found === null) return <Notice title="Opening the link" text="One moment." />
  if ('code' in found) {
    return (
      <Notice
        title={lapsed ? 'This link does not work' : 'The server does not answer'}
        text={
          lapsed
            ? 'Its token is incomplete, or it has lapsed. Ask whoever gave it to you for a new one.'
            : `${sentenceFor(found.code)} This page keeps trying.`
        }
      >
        <Button onClick={onDecline}>Go on without it</Button>
      </Notice>
    )
  }
  return (
    <Notice
      title="Sign in?"
      text={
        <>
          This link signs the browser in as <Name className="font-medium text-ink">{found.me.name}</Name>. Go
          on only if that is you.
        </>
      }
    >
      <div className="flex gap-2">
        <Button
          kind="fill"
          disabled={busy}
          onClick={() => {
            setBusy(true)
            void onAccept()
          }}
        >
          Continue
        </Button>
        <Button onClick={onDecline}>That is not me</Button>
      </div>
    </Notice>
  )
}
