import { House, LogOut, Plus, SlidersHorizontal, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Link, useRoute } from 'wouter'
import { SearchButton } from '../palette/search-button.tsx'
import { AssistantMark, Avatar } from '../parts/avatar.tsx'
import { IconButton } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName } from '../parts/names.ts'
import { useStore } from '../parts/store.ts'
import { ThemeSwitch } from '../parts/theme.tsx'
import { tellRefusal } from '../parts/toasts.tsx'
import { useAccount } from '../sign-in/account.ts'
import { railOpen } from './rail-open.ts'
import { SessionList } from './session-list.tsx'

export function Rail() {
  return (
    <>
      <aside className="hidden w-[232px] shrink-0 flex-col border-line border-r bg-side md:flex">
        <RailContent />
      </aside>
      <Sheet />
    </>
  )
}

function Sheet() {
  const open = useStore(railOpen)
  const sheet = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open) sheet.current?.showModal()
    else sheet.current?.close()
  }, [open])
  useEffect(() => {
    // Turned to where the rail has its place: a modal that is not seen would make the page dead.
    const wide = matchMedia('(min-width: 768px)')
    const turned = () => railOpen.set(false)
    wide.addEventListener('change', turned)
    return () => wide.removeEventListener('change', turned)
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it by keyboard
    <dialog
      ref={sheet}
      aria-label="Sessions"
      onClose={() => railOpen.set(false)}
      onClick={({ target }) => {
        if (target === sheet.current || (target instanceof Element && target.closest('a')))
          railOpen.set(false)
      }}
      className="enter m-0 h-dvh max-h-none w-[280px] border-line border-r bg-side p-0 text-ink md:hidden"
    >
      {open && (
        <div className="flex h-full flex-col">
          <IconButton label="Close" className="absolute top-2.5 right-2" onClick={() => railOpen.set(false)}>
            <X size={16} aria-hidden />
          </IconButton>
          <RailContent />
        </div>
      )}
    </dialog>
  )
}

function RailContent() {
  const { me, info, signOut } = useAccount()
  return (
    <>
      <div className="flex h-12 shrink-0 items-center gap-2 px-3">
        <AssistantMark size={20} />
        <span className="min-w-0 truncate font-semibold">{cleanName(info.name)}</span>
      </div>
      <div className="px-2 pb-2">
        <Link
          href="/"
          className="flex h-8 items-center gap-2 rounded-md border border-line-2 bg-raised px-2.5 font-medium text-sm transition-colors hover:bg-wash"
        >
          {me.guest ? <House size={14} aria-hidden /> : <Plus size={14} aria-hidden />}
          {me.guest ? 'Your sessions' : 'New session'}
        </Link>
        <SearchButton />
      </div>
      <nav aria-label="Your sessions" className="scroll min-h-0 flex-1 px-2 pb-2">
        <SessionList />
      </nav>
      <div className="flex flex-col gap-2 border-line border-t p-2">
        {me.admin && <ToAdmin />}
        <div className="flex items-center gap-2 pl-1">
          <Avatar person={{ id: me.userId, name: me.name }} size={24} />
          <Name className="min-w-0 flex-1 truncate font-medium text-sm">{me.name}</Name>
          <IconButton label="Sign out" onClick={() => signOut().catch(tellRefusal)}>
            <LogOut size={14} aria-hidden />
          </IconButton>
        </div>
        <div className="flex items-center justify-between pl-1 text-faint text-xs">
          Colours
          <ThemeSwitch />
        </div>
      </div>
    </>
  )
}

function ToAdmin() {
  const [inside] = useRoute('/admin/:place?')
  return (
    <Link
      href="/admin"
      aria-current={inside ? 'page' : undefined}
      className="flex h-8 items-center gap-2 rounded-md px-2 text-dim text-sm transition-colors hover:bg-wash hover:text-ink aria-[current=page]:bg-wash-2 aria-[current=page]:font-medium aria-[current=page]:text-ink"
    >
      <SlidersHorizontal size={14} aria-hidden />
      Admin
    </Link>
  )
}
