import { useSession } from '@colloquy/client/react'
import { useEffect } from 'react'
import { Link } from 'wouter'
import { sentenceFor } from '../parts/refusals.ts'
import { dropSession } from '../rail/use-sessions.ts'
import { useAccount } from '../sign-in/account.ts'
import { Notice } from './notice.tsx'

const ENDS: Record<string, { title: string; text: string }> = {
  REVOKED: {
    title: 'You are no longer in this session',
    text: 'You left, or an owner took you out. What this browser kept of it has been deleted.',
  },
  FORBIDDEN: {
    title: 'This session is not open to you',
    text: 'Ask somebody who is in it for an invite.',
  },
  NOT_FOUND: {
    title: 'There is no such session here',
    text: 'The link may be wrong, or the session is for others. Ask whoever sent it for an invite.',
  },
  UNAUTHENTICATED: {
    title: 'You are signed out',
    text: 'What you wrote but did not send is still here, and waits until you sign in again.',
  },
  IDENTITY_CHANGED: {
    title: 'Somebody else is signed in now',
    text: 'This tab was opened for another person. What that person had not sent waits for them.',
  },
}

/** Why it is no longer among one's sessions. */
const LOST = new Set(['REVOKED', 'FORBIDDEN', 'NOT_FOUND'])

export default function SessionEnded({ reason }: { reason: string }) {
  const { refresh, embedded } = useAccount()
  const { title, text } = ENDS[reason] ?? { title: 'This session is over', text: sentenceFor(reason) }
  const { id } = useSession()
  useEffect(() => {
    if (LOST.has(reason)) dropSession(id)
  }, [reason, id])
  const signedOut = reason === 'UNAUTHENTICATED' || reason === 'IDENTITY_CHANGED'
  return (
    <Notice title={title} text={text}>
      {signedOut ? (
        <button
          type="button"
          onClick={refresh}
          className="inline-flex h-8 items-center rounded-md bg-fill px-3 font-medium text-on-fill text-sm hover:bg-fill-2"
        >
          Sign in
        </button>
      ) : (
        !embedded && (
          <Link
            href="/"
            className="inline-flex h-8 items-center rounded-md border border-line-2 px-3 font-medium text-sm hover:bg-wash"
          >
            To your sessions
          </Link>
        )
      )}
    </Notice>
  )
}
