import { useSession } from '@colloquy/client/react'
import { Download, History, SlidersHorizontal, Users, Wrench } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { useAccount } from '../sign-in/account.ts'
import { Audit } from './audit.tsx'
import { Export } from './export.tsx'
import { General } from './general.tsx'
import { Members } from './members.tsx'
import { SectionTabs } from './section-tabs.tsx'
import { SessionTools } from './session-tools.tsx'

const TABS = [
  { id: 'general', label: 'General', Icon: SlidersHorizontal },
  { id: 'members', label: 'Members', Icon: Users },
  { id: 'tools', label: 'Tools', Icon: Wrench },
  { id: 'export', label: 'Export', Icon: Download },
  { id: 'history', label: 'History', Icon: History },
] as const
const PLACES = { general: General, members: Members, tools: SessionTools, export: Export, history: Audit }

/** What can be said and seen of a session besides talking in it; each role is told what it may not change, and why. */
export default function SessionSettings({ onClose }: { onClose: () => void }) {
  const { workspace } = useAccount()
  const { id } = useSession()
  const manage = useMemo(() => workspace.manage(id), [workspace, id])
  const [current, setCurrent] = useState<keyof typeof PLACES>('general')
  const Place = PLACES[current]
  return (
    <Dialog title="Session settings" onClose={onClose} large>
      <SectionTabs label="Session settings" tabs={TABS} current={current} onChange={setCurrent}>
        <Place manage={manage} />
      </SectionTabs>
    </Dialog>
  )
}
