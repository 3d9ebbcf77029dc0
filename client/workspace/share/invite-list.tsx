import type { SessionInvite, SessionManagement } from '@colloquy/client/team'
import { useState } from 'react'
import { announce } from '../parts/announcer.tsx'
import { Button } from '../parts/button.tsx'
import { ConfirmAct } from '../parts/confirm-act.tsx'
import { cleanName } from '../parts/names.ts'
import { ROLE_WORDS } from '../parts/roles.ts'
import { Shown } from '../parts/shown.tsx'
import { exactTimeOf } from '../parts/times.ts'
import type { Loaded } from '../parts/use-loaded.ts'
import { useAccount } from '../sign-in/account.ts'
import { worksFor } from './invite-words.ts'

export interface InviteListProps {
  invites: Loaded<SessionInvite[]>
  manage: SessionManagement
  onRevoked: (invite: SessionInvite) => void
}

/** The invites by which somebody can still come in. */
export function InviteList({ invites, manage, onRevoked }: InviteListProps) {
  const [revoking, setRevoking] = useState<SessionInvite | null>(null)
  return (
    <section className="mt-4 border-line border-t pt-4">
      <h3 className="font-medium">Invites that still work</h3>
      <Shown of={invites}>
        {(all) =>
          all.length === 0 ? (
            <p className="text-faint text-sm">None. Nobody comes in who is not in already.</p>
          ) : (
            <ul>
              {all.map((invite) => (
                <Row key={invite.inviteId} invite={invite} onRevoke={() => setRevoking(invite)} />
              ))}
            </ul>
          )
        }
      </Shown>
      {revoking && (
        <ConfirmAct
          title="Revoke this invite?"
          text="Its link lets nobody in any more. Those who came in by it stay."
          action="Revoke"
          onClose={() => setRevoking(null)}
          onAct={async () => {
            await manage.revokeInvite(revoking.inviteId)
            onRevoked(revoking)
            await invites.again()
            announce('Revoked')
          }}
        />
      )}
    </section>
  )
}

function Row({ invite, onRevoke }: { invite: SessionInvite; onRevoke: () => void }) {
  const { me } = useAccount()
  const { role, by, expiresAt } = invite
  const words = worksFor(invite)
  return (
    <li className="flex min-h-11 items-center gap-3">
      <p className="min-w-0 flex-1 text-sm leading-4">
        {ROLE_WORDS[role].name}
        <span className="text-dim" title={exactTimeOf(expiresAt)}>
          {' '}
          {words}
        </span>
        <span className="block truncate text-faint text-xs">
          made by {by.id === me.userId ? 'you' : <bdi>{cleanName(by.name)}</bdi>}
        </span>
      </p>
      <Button
        size="sm"
        kind="bad"
        aria-label={`Revoke the invite as ${ROLE_WORDS[role].name.toLowerCase()} ${words}`}
        onClick={onRevoke}
      >
        Revoke
      </Button>
    </li>
  )
}
