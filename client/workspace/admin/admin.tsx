import { Menu } from 'lucide-react'
import { Link } from 'wouter'
import { IconButton } from '../parts/button.tsx'
import { cleanName } from '../parts/names.ts'
import { PageTitle } from '../parts/page-title.tsx'
import { railOpen } from '../rail/rail-open.ts'
import { NoSuchPage } from '../screens/no-such-page.tsx'
import { useAccount } from '../sign-in/account.ts'
import { Groups } from './groups.tsx'
import { PeopleList } from './people-list.tsx'
import { ResourceList } from './resource-list.tsx'
import { Tools } from './tools.tsx'
import { WorkspaceForm } from './workspace-form.tsx'

const PLACES = [
  { path: '', name: 'Workspace', Place: WorkspaceForm },
  { path: 'people', name: 'People', Place: PeopleList },
  { path: 'groups', name: 'Groups', Place: Groups },
  { path: 'tools', name: 'Tools', Place: Tools },
  { path: 'resources', name: 'Resources', Place: ResourceList },
] as const

/** What admins say of the workspace. To everybody else there is no such page. */
export default function Admin({ place = '' }: { place: string | undefined }) {
  const { me, info } = useAccount()
  const current = PLACES.find((each) => each.path === place)
  if (!me.admin || !current) return <NoSuchPage />
  const { name, Place } = current
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <PageTitle>{`${name} · ${cleanName(info.name)}`}</PageTitle>
      <header className="flex h-12 shrink-0 items-center gap-2 px-2 md:px-6">
        <IconButton label="Sessions" className="md:hidden" onClick={() => railOpen.set(true)}>
          <Menu size={18} aria-hidden />
        </IconButton>
        <h1 className="font-semibold">Admin</h1>
      </header>
      <nav
        aria-label="Admin"
        className="flex shrink-0 gap-1 overflow-x-auto border-line border-b px-2 md:px-4"
      >
        {PLACES.map((each) => (
          <Link
            key={each.path}
            href={each.path === '' ? '/admin' : `/admin/${each.path}`}
            aria-current={each === current ? 'page' : undefined}
            className="-mb-px flex h-9 items-center border-transparent border-b-2 px-2 text-dim text-sm transition-colors hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
          >
            {each.name}
          </Link>
        ))}
      </nav>
      <main className="scroll min-h-0 flex-1 px-4 md:px-6">
        <div className="mx-auto w-full max-w-[720px] py-6 pb-16">
          <Place />
        </div>
      </main>
    </div>
  )
}
