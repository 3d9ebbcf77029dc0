import { usePeople, useSession } from '@colloquy/client/react'
import { Dialog } from '../parts/dialog.tsx'
import { mayModerate } from '../parts/roles.ts'
import { useAccount } from '../sign-in/account.ts'
import { sessionPath, urlOn } from '../sign-in/entry.ts'
import { CopyLink } from './copy-link.tsx'
import { InviteForm } from './invite-form.tsx'

export default function ShareDialog({ onClose }: { onClose: () => void }) {
  const { me } = usePeople()
  const { id } = useSession()
  const { url } = useAccount()
  return (
    <Dialog title="Share this session" onClose={onClose}>
      {mayModerate(me) && <InviteForm role={me?.role ?? 'viewer'} />}
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
