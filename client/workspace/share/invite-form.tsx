import type { Invite, Role } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { type FormEvent, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Choice } from '../parts/choice.tsx'
import { ROLE_WORDS } from '../parts/roles.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { CopyLink } from './copy-link.tsx'
import { QrCode } from './qr-code.tsx'

const HOUR_MS = 3_600_000
const LIFETIMES = [
  { value: String(HOUR_MS), label: '1 hour' },
  { value: String(24 * HOUR_MS), label: '1 day' },
  { value: String(7 * 24 * HOUR_MS), label: '7 days' },
]
const USES = ['1', '5', '25'].map((value) => ({
  value,
  label: value === '1' ? '1 person' : `${value} people`,
}))

/** From least to most: nobody gives away more than they have. */
const OFFERED: readonly Role[] = ['viewer', 'prompter', 'moderator', 'owner']

export interface InviteFormProps {
  /** One's own. */
  role: Role
  /** The one whose link is shown. */
  invite: Invite | null
  onInvite: (invite: Invite | null) => void
}

export function InviteForm({ role: own, invite, onInvite }: InviteFormProps) {
  const session = useSession()
  const [role, setRole] = useState<Role>('prompter')
  const [lifetime, setLifetime] = useState(String(24 * HOUR_MS))
  const [uses, setUses] = useState('5')
  const [busy, setBusy] = useState(false)
  const roles = OFFERED.slice(0, OFFERED.indexOf(own) + 1)

  const make = (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    session
      .invite({ role, expiresIn: Number(lifetime), uses: Number(uses) })
      .then((made) => {
        onInvite(made)
      })
      .catch(tellRefusal)
      .finally(() => setBusy(false))
  }
  const changed =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      set(value)
      // A link that says something else than the form would be given away by mistake.
      onInvite(null)
    }

  return (
    <form onSubmit={make} className="flex flex-col gap-3">
      <p className="text-dim text-sm">Whoever has the link comes in, under a name of their choice.</p>
      <div className="grid grid-cols-[10fr_8fr_9fr] gap-2">
        <Choice
          label="Role"
          value={role}
          onChange={changed(setRole)}
          options={roles.map((value) => ({ value, label: ROLE_WORDS[value].name }))}
        />
        <Choice label="Works for" value={lifetime} onChange={changed(setLifetime)} options={LIFETIMES} />
        <Choice label="At most" value={uses} onChange={changed(setUses)} options={USES} />
      </div>
      <p className="text-faint text-xs">
        A {ROLE_WORDS[role].name.toLowerCase()} {ROLE_WORDS[role].may}.
      </p>
      {invite ? (
        <>
          <CopyLink url={invite.url} label="Invite link" primary />
          <div className="flex items-center gap-4 max-sm:flex-col">
            <QrCode url={invite.url} label="QR code of the invite link" />
            <div className="flex flex-col gap-1.5 text-dim text-sm">
              <p>Point a phone’s camera at the code to come in with it.</p>
              <p>
                Works for {LIFETIMES.find(({ value }) => value === lifetime)?.label} and{' '}
                {uses === '1' ? 'one person' : `${uses} people`}.
              </p>
              <p>The link is shown only now. You can revoke it below.</p>
            </div>
          </div>
        </>
      ) : (
        <Button type="submit" kind="fill" disabled={busy}>
          Make an invite link
        </Button>
      )}
    </form>
  )
}
