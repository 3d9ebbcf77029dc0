import { type FormEvent, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Notice } from './notice.tsx'

export interface SignedOutProps {
  /** This tab had a credential that the server does not take. */
  refused: boolean
  onToken: (token: string) => Promise<void>
}

export default function SignedOut({ refused, onToken }: SignedOutProps) {
  const [token, setToken] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (token.trim() !== '') void onToken(token.trim())
  }
  return (
    <Notice
      title={refused ? 'Your sign-in is no longer valid' : 'You are signed out'}
      text="Open the link that your team or the server gave you: an invite, or one of the links that the server prints when it starts."
    >
      <details className="border-line border-t pt-3">
        <summary className="w-fit rounded-sm text-dim text-sm hover:text-ink">I have an access token</summary>
        <form onSubmit={submit} className="mt-3 flex gap-2">
          <input
            type="password"
            aria-label="Access token"
            autoComplete="off"
            spellCheck={false}
            value={token}
            onChange={({ target }) => setToken(target.value)}
            className="h-8 min-w-0 flex-1 rounded-md border border-line-2 bg-raised px-2.5"
          />
          <Button type="submit" kind="fill" disabled={token.trim() === ''}>
            Sign in
          </Button>
        </form>
        <p className="mt-2 text-faint text-xs">It is kept in this browser until it lapses or you sign out.</p>
      </details>
    </Notice>
  )
}
