import { ColloquyError } from '@colloquy/client'
import type { InvitePreview, SignedIn, Workspace } from '@colloquy/client/team'
import { type FormEvent, useEffect, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName } from '../parts/names.ts'
import { codeOf, sentenceFor } from '../parts/refusals.ts'
import { ROLE_WORDS } from '../parts/roles.ts'
import { spanOf } from '../parts/times.ts'
import type { InviteLink } from '../sign-in/entry.ts'
import { Notice } from './notice.tsx'

const LISTED = 6
/** What the server takes. */
const NAME_LENGTH = 60

export interface JoinProps {
  invite: InviteLink
  workspace: Workspace
  /** Null: a guest, who types a name. */
  me: SignedIn | null
  keepSignedIn: (token: string) => Promise<void>
  onJoined: (sessionId: string) => void
  onLeave: () => void
}

type Preview = { code: string } | { preview: InvitePreview } | null

/** Who invites to what, and who is inside, before anything is accepted. */
export default function Join({ invite, workspace, me, keepSignedIn, onJoined, onLeave }: JoinProps) {
  const [found, setFound] = useState<Preview>(null)
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const { sessionId, code } = invite

  useEffect(() => {
    let over = false
    workspace.invitePreview(sessionId, code).then(
      (preview) => over || setFound({ preview }),
      (error: unknown) => over || setFound({ code: codeOf(error) }),
    )
    return () => {
      over = true
    }
  }, [workspace, sessionId, code])

  if (found === null) return <Notice title="Opening the invite" text="One moment." />
  if ('code' in found) return <NoInvite code={found.code} onLeave={onLeave} />
  const { preview } = found

  const join = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      const accepted = await workspace.acceptInvite(sessionId, code, me ? undefined : cleanName(name))
      if (accepted.token !== undefined) await keepSignedIn(accepted.token)
      onJoined(accepted.sessionId)
    } catch (error) {
      const lapsed = error instanceof ColloquyError && error.code.startsWith('INVITE_')
      if (lapsed) setFound({ code: codeOf(error) })
      else setProblem(sentenceFor(codeOf(error)))
      setBusy(false)
    }
  }

  return (
    <Notice
      title={`Join “${cleanName(preview.title || 'Untitled session')}”`}
      text={
        <>
          <Name className="font-medium text-ink">{preview.invitedBy}</Name> invites you as{' '}
          {ROLE_WORDS[preview.role].name.toLowerCase()}: you {ROLE_WORDS[preview.role].may}.
        </>
      }
    >
      <dl className="mb-5 border-line border-y text-sm">
        <div className="flex gap-3 py-2.5">
          <dt className="w-16 shrink-0 text-faint">Inside</dt>
          <dd className="min-w-0">{insideOf(preview.members)}</dd>
        </div>
        <div className="flex gap-3 border-line border-t py-2.5">
          <dt className="w-16 shrink-0 text-faint">Works for</dt>
          <dd>{spanOf(preview.expiresAt - Date.now())}</dd>
        </div>
      </dl>
      <form onSubmit={join} className="flex flex-col gap-3">
        {me ? (
          <p className="text-dim text-sm">
            You join as <Name className="font-medium text-ink">{me.name}</Name>.
          </p>
        ) : (
          <label className="flex flex-col gap-1 text-dim text-sm">
            Your name
            <input
              // biome-ignore lint/a11y/noAutofocus: the one thing that this screen asks for
              autoFocus
              required
              maxLength={NAME_LENGTH}
              autoComplete="name"
              value={name}
              onChange={({ target }) => setName(target.value)}
              className="h-10 rounded-md border border-line-2 bg-raised px-3 text-[16px] text-ink"
            />
          </label>
        )}
        {problem !== null && (
          <p role="alert" className="text-bad text-sm">
            {problem}
          </p>
        )}
        <Button type="submit" kind="fill" size="lg" disabled={busy || (!me && name.trim() === '')}>
          Join the session
        </Button>
        <p className="text-faint text-xs">
          Everyone in the session sees your name, your questions and their answers.
        </p>
      </form>
    </Notice>
  )
}

const LAPSED: Record<string, { title: string; text: string }> = {
  INVITE_EXPIRED: {
    title: 'This invite has expired',
    text: 'Invites hold for a limited time. Ask whoever sent it for a new one.',
  },
  INVITE_SPENT: {
    title: 'This invite is used up',
    text: 'As many people as it was made for have joined. Ask whoever sent it for a new one.',
  },
  OFFLINE: {
    title: 'The server cannot be reached',
    text: 'Your invite is still good. Check your connection and load the page again.',
  },
}
const UNKNOWN = {
  title: 'This invite is not known here',
  text: 'The link may have been cut when it was copied. Ask whoever sent it to send it again.',
}

function NoInvite({ code, onLeave }: { code: string; onLeave: () => void }) {
  return (
    <Notice {...(LAPSED[code] ?? UNKNOWN)}>
      <Button onClick={onLeave}>To Colloquy</Button>
    </Notice>
  )
}

function insideOf(members: readonly string[]): string {
  const names = members.slice(0, LISTED).map(cleanName)
  const rest = members.length - names.length
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ')
}
