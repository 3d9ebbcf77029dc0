import type { Audience } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import type { Workspace } from '@colloquy/client/team'
import type { Attached } from '@colloquy/shared/attachments'
import { useMemo } from 'react'
import { useStore } from '../../parts/store.ts'
import { toast } from '../../parts/toasts.tsx'
import { useAccount } from '../../sign-in/account.ts'
import { Desk, type Item } from './desk.ts'

/** The files beside one's draft, as the composer sees them. */
export interface Attaching {
  desk: Desk
  items: readonly Item[]
  /** Something is on its way, or failed: nothing is sent before that is settled. */
  unsettled: 'sending' | 'failed' | null
  add(files: readonly File[]): void
  giveBack(attached: readonly Attached[]): void
  handOver(audience: Audience): Promise<Attached[]>
}

/** Uploads go on while one looks at another session. */
const desks = new WeakMap<Workspace, Map<string, Desk>>()

export function useDesk(): Attaching {
  const { id: sessionId } = useSession()
  const { workspace, me } = useAccount()
  const { userId } = me
  const desk = useMemo(() => deskOf(workspace, sessionId, userId), [workspace, sessionId, userId])
  const items = useStore(desk.items)
  return {
    desk,
    items,
    unsettled: unsettledOf(items),
    add: (files) => desk.add(files),
    giveBack: (attached) => desk.giveBack(attached),
    handOver: (audience) => desk.handOver(audience),
  }
}

function unsettledOf(items: readonly Item[]): Attaching['unsettled'] {
  if (items.some(({ state }) => state === 'failed')) return 'failed'
  return items.some(({ state }) => state !== 'ready') ? 'sending' : null
}

function deskOf(workspace: Workspace, sessionId: string, userId: string): Desk {
  const key = `colloquy/attached/${sessionId}/${userId}`
  const mine = desks.get(workspace) ?? new Map<string, Desk>()
  desks.set(workspace, mine)
  const newId = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0')
  const desk =
    mine.get(key) ?? new Desk({ workspace, sessionId, kept: keptAt(key), newId, tell: (text) => toast(text) })
  mine.set(key, desk)
  return desk
}

/** Of this tab: another has a draft's files of its own. A sandboxed frame keeps nothing. */
function keptAt(key: string) {
  const attempt = <T>(act: () => T): T | null => {
    try {
      return act()
    } catch {
      return null
    }
  }
  return {
    read: () => attempt(() => sessionStorage.getItem(key)),
    write: (json: string | null) => {
      attempt(() => (json === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, json)))
    },
  }
}
