import { openWorkspace, type SignedIn } from '@colloquy/client'
import { useEffect, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'
import { codeOf, isSignedOut, sentenceFor } from '../parts/refusals.ts'
import { Notice } from './notice.tsx'

export interface OfferedProps {
  token: string
  onAccept: () => Promise<void>
  onDecline: () => void
}

/** Asks before a link signs this browser in: its maker chose whom as. */
export function Offered({ token, onAccept, onDecline }: OfferedProps) {
  const [found, setFound] = useState<{ me: SignedIn } | { code: string } | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    let over = false
    openWorkspace({ url: '/', auth: () => token })
      .me()
      .then(
        (me) => over || setFound({ me }),
        (error: unknown) => over || (isSignedOut(error) ? onDecline() : setFound({ code: codeOf(error) })),
      )
    return () => {
      over = true
    }
  }, [token, onDecline])

  if (found === null) return <Notice title="Opening the link" text="One moment." />
  if ('code' in found) {
    return <Notice title="The server does not answer" text={sentenceFor(found.code)} />
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
