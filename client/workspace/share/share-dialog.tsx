import type { Invite } from '@colloquy/client'
import { usePeople, useSession } from '@colloquy/client/react'
import { useMemo, useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { mayModerate } from '../parts/roles.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { useAccount } from '../sign-in/account.ts'
import { sessionPath, urlOn } from '../sign-in/entry.ts'
import { CopyLink } from './copy-link.tsx'
import { InviteForm } from './invite-form.tsx'
import { InviteList } from './invite-list.tsx'

export default function ShareDialog({ onClose }: { onClose: () => void }) {
  const { me } = usePeople()
  const { id } = useSession()
  const { url } = useAccount()
  return (
    <Dialog title="Share this session" onClose={onClose}>
      {mayModerate(me) && <Invites />}
      <section className={mayModerate(me) ? 'mt-4 border-line border-t pt-4' : ''}>
        <h3 className="font-medium">For members</h3>
        <p className="mb-2 text-dim text-sm">
          {mayModerate(me)
            ? 'This address opens only for those who are already in.'
            : 'This address opens only for those who are already in. An owner or moderator can invite others.'}
        </p>
        <CopyLink url={urlOn(url, sessionPath(id))} label="Address of the session" />
      </section>
    </Dialog>
  )
}

/** For those who may let others in. */
function Invites() {
  const { workspace } = useAccount()
  const { id } = useSession()
  const { me } = usePeople()
  const manage = useMemo(() => workspace.manage(id), [workspace, id])
  const invites = useLoaded(manage.invites)
  const [made, setMade] = useState<Invite | null>(null)
  return (
    <>
      <InviteForm
        role={me?.role ?? 'viewer'}
        invite={made}
        onInvite={(invite) => {
          setMade(invite)
          if (invite) void invites.again()
        }}
      />
      <InviteList
        invites={invites}
        manage={manage}
        onRevoked={({ expiresAt }) => {
          // To the ms the one that is shown: its link would be given away in vain.
          if (expiresAt === made?.expiresAt) setMade(null)
        }}
      />
    </>
  )
}
