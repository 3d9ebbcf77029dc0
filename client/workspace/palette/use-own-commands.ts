import { House, LogOut, Monitor, Moon, Plus, SlidersHorizontal, Sun } from 'lucide-react'
import { useLocation } from 'wouter'
import type { Command } from '../parts/commands.ts'
import { chooseTheme } from '../parts/theme.tsx'
import { tellRefusal } from '../parts/toasts.tsx'
import { useAccount } from '../sign-in/account.ts'

const ADMIN = {
  ...{ id: 'admin', title: 'Admin', keywords: 'workspace people groups resources tools grants' },
  Icon: SlidersHorizontal,
}

/** What one may do on every screen. */
export function useOwnCommands(): readonly Command[] {
  const { me, signOut } = useAccount()
  const [, navigate] = useLocation()
  const home = me.guest
    ? { title: 'Your sessions', keywords: 'home list', Icon: House }
    : { title: 'New session', keywords: 'start create home', Icon: Plus }
  const colours = 'theme mode appearance'
  return [
    { id: 'home', ...home, run: () => navigate('/') },
    ...(me.admin ? [{ ...ADMIN, run: () => navigate('/admin') }] : []),
    ...[
      { id: 'light', title: 'Light colours', keywords: colours, Icon: Sun, run: () => chooseTheme('light') },
      { id: 'dark', title: 'Dark colours', keywords: colours, Icon: Moon, run: () => chooseTheme('dark') },
      {
        ...{ id: 'system', title: 'Colours as the system', keywords: colours, Icon: Monitor },
        run: () => chooseTheme('system'),
      },
    ],
    {
      ...{ id: 'sign-out', title: 'Sign out', keywords: 'log out leave', Icon: LogOut },
      run: () => void signOut().catch(tellRefusal),
    },
  ]
}
