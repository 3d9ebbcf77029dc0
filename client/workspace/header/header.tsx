import type { Snapshot } from '@colloquy/client'
import { useApprovals, useSnapshot } from '@colloquy/client/react'
import { Menu, PanelRight, Settings2, UserPlus } from 'lucide-react'
import { Suspense, useState } from 'react'
import { missed } from '../news/missed.ts'
import { usePanel } from '../panel/panel-open.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { useCommand } from '../parts/commands.ts'
import { later } from '../parts/later.tsx'
import { cleanName } from '../parts/names.ts'
import { PageTitle } from '../parts/page-title.tsx'
import { useStore } from '../parts/store.ts'
import { railOpen } from '../rail/rail-open.ts'
import { useAccount } from '../sign-in/account.ts'
import { Audience } from './audience.tsx'
import { Here } from './here.tsx'
import { HeaderMenu } from './menu.tsx'

const ShareDialog = later(() => import('../share/share-dialog.tsx'))
const SessionSettings = later(() => import('../settings/session-settings.tsx'))

const selectTitle = ({ title }: Snapshot) => title

export function Header() {
  const { embedded } = useAccount()
  const title = cleanName(useSnapshot(selectTitle) || 'Untitled session')
  const asking = useApprovals().calls.filter(({ mine }) => mine).length
  const news = useStore(missed) + asking
  const [open, setOpen] = useState<'share' | 'settings' | null>(null)
  const share = () => setOpen('share')
  const settings = () => setOpen('settings')
  const close = () => setOpen(null)
  const panel = usePanel()
  useCommand({
    ...{ id: 'share', title: 'Share this session', keywords: 'invite link people', Icon: UserPlus },
    run: share,
  })
  useCommand({
    ...{ id: 'settings', title: 'Session settings', Icon: Settings2 },
    ...{ keywords: 'rename members roles tools export history leave', run: settings },
  })
  useCommand({
    ...{ id: 'panel', title: panel.open ? 'Hide what the assistant sees' : 'Show what the assistant sees' },
    ...{ keywords: 'panel context people resources', Icon: PanelRight },
    run: () => panel.setOpen(!panel.open),
  })
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b px-2 md:px-4">
      {!embedded && (
        <IconButton label="Sessions" className="md:hidden" onClick={() => railOpen.set(true)}>
          <Menu size={18} aria-hidden />
        </IconButton>
      )}
      <h1 className="min-w-0 truncate font-semibold" dir="auto">
        {/* In a tab at the back, the sign that something came for this person or waits for them. */}
        <PageTitle>{`${news > 0 ? `(${news}) ` : ''}${title} · Colloquy`}</PageTitle>
        {title}
      </h1>
      <Audience />
      <span className="flex-1" />
      <Here />
      <Button size="sm" onClick={share} className="max-sm:w-7 max-sm:px-0 max-[480px]:hidden">
        <UserPlus size={14} aria-hidden />
        <span className="max-sm:sr-only">Share</span>
      </Button>
      <IconButton
        label="What the assistant sees for you"
        aria-pressed={panel.open}
        onClick={() => panel.setOpen(!panel.open)}
        className="aria-pressed:bg-wash-2 aria-pressed:text-ink"
      >
        <PanelRight size={16} aria-hidden />
      </IconButton>
      <HeaderMenu onShare={share} onSettings={settings} />
      <Suspense>
        {open === 'share' && <ShareDialog onClose={close} />}
        {open === 'settings' && <SessionSettings onClose={close} />}
      </Suspense>
    </header>
  )
}
