import { Menu } from 'lucide-react'
import { Link } from 'wouter'
import { IconButton } from '../parts/button.tsx'
import { cleanName } from '../parts/names.ts'
import { railOpen } from '../rail/rail-open.ts'
import { SessionNews } from '../rail/session-news.tsx'
import { useSessions } from '../rail/use-sessions.ts'
import { useAccount } from '../sign-in/account.ts'
import { sessionPath } from '../sign-in/entry.ts'
import { FirstPromptForm } from './first-prompt-form.tsx'

const RESUMED = 5

export default function Home() {
  const { me, info } = useAccount()
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <title>{cleanName(info.name)}</title>
      <header className="flex h-12 shrink-0 items-center px-2 md:hidden">
        <IconButton label="Sessions" onClick={() => railOpen.set(true)}>
          <Menu size={18} aria-hidden />
        </IconButton>
      </header>
      <main className="scroll min-h-0 flex-1 px-4">
        <div className="mx-auto flex w-full max-w-[680px] flex-col pt-[clamp(16px,12dvh,128px)] pb-16">
          {me.guest ? <GuestWelcome /> : <FirstPromptForm />}
          <Resume />
        </div>
      </main>
    </div>
  )
}

function GuestWelcome() {
  const { me } = useAccount()
  return (
    <>
      <h1 className="font-semibold text-xl tracking-tight">
        Welcome, <bdi>{cleanName(me.name).split(' ')[0]}</bdi>
      </h1>
      <p className="mt-1 text-dim">
        You are a guest here: you take part in the sessions that you were invited to.
      </p>
    </>
  )
}

function Resume() {
  const sessions = useSessions()
  if (!sessions || sessions.length === 0) return null
  return (
    <section className="mt-10">
      <h2 className="pb-1 font-medium text-dim text-sm">Go on with</h2>
      <ul className="border-line border-t">
        {sessions.slice(0, RESUMED).map((session) => (
          <li key={session.id} className="border-line border-b">
            <Link
              href={sessionPath(session.id)}
              className="flex min-h-11 items-center gap-3 px-2 transition-colors hover:bg-wash"
            >
              <span className="min-w-0 flex-1 truncate font-medium" dir="auto">
                {cleanName(session.title || 'Untitled session')}
              </span>
              <SessionNews session={session} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
