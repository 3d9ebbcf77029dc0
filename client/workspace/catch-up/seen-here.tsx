import type { Message, Snapshot } from '@colloquy/client'
import { useSession, useSnapshot } from '@colloquy/client/react'
import {
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { VirtualizerHandle } from 'virtua'
import { useAccount } from '../sign-in/account.ts'
import { wantedMessage } from '../transcript/reveal.ts'
import { newBehind, seenAmong, type Unread, unreadAt } from './unread.ts'
import { useOpening } from './use-opening.ts'
import { seenBy } from './use-unread-of.ts'

/** Pixels from the end within which one is there. */
const AT_END = 48

const selectLanes = ({ lanes }: Snapshot) => lanes

/** How the reader stands to what others wrote. */
export interface SeenHere {
  /** What was missed, until the next opening; null: nothing. */
  unread: Unread | null
  /** It begins above the screen, and was not there yet. */
  above: boolean
  /** Messages of others below what was seen. */
  behind: number
}

export interface SeenHereProps {
  messages: readonly Message[]
  list: RefObject<VirtualizerHandle | null>
  following: RefObject<boolean>
  scroller: RefObject<HTMLElement | null>
  onChange: (here: SeenHere) => void
}

/** Keeps what the reader has seen: what is on the screen of a visible tab; at the end, everything. */
export default function SeenHere({ messages, list, following, scroller, onChange }: SeenHereProps) {
  const session = useSession()
  const { userId } = useAccount().me
  const store = seenBy(userId)
  const lanes = useSnapshot(selectLanes)
  const opening = useOpening(store)
  useSyncExternalStore(store.subscribe, store.version)
  const seen = store.of(session.id)

  // Not for every token: where messages stand changes when one comes or goes.
  const shape = `${messages.length} ${messages[0]?.id}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const unread = useMemo(() => opening && unreadAt(opening, messages, userId), [opening, shape, userId])
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const behind = useMemo(() => newBehind(seen, messages, userId), [seen, shape, userId])

  const [above, setAbove] = useState(false)
  const reached = useRef<string | undefined>(undefined)
  const latest = useRef(messages)
  useLayoutEffect(() => {
    latest.current = messages
  })
  const begins = unread?.first.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at again when something has come
  useEffect(() => {
    const box = scroller.current
    const look = () => {
      const shown = list.current
      if (document.visibilityState !== 'visible' || !shown || !box || wantedMessage.read() !== null) return
      // What passes by on the way to the end is not read.
      if (following.current && box.scrollHeight - box.scrollTop - box.clientHeight > AT_END) return
      const first = shown.findItemIndex(shown.scrollOffset)
      const last = shown.findItemIndex(shown.scrollOffset + shown.viewportSize)
      const inSight = latest.current.slice(first, last + 1)
      if (inSight.some(({ id }) => id === begins)) reached.current = begins
      setAbove(begins !== undefined && reached.current !== begins && isBefore(latest.current, first, begins))
      const all = () => Object.fromEntries(lanes.map(({ laneId, lastSeq }) => [laneId, lastSeq]))
      store.see(session.id, following.current ? all() : seenAmong(inSight))
    }
    // The list measures what has come before it is known what is in sight.
    const frame = requestAnimationFrame(look)
    box?.addEventListener('scroll', look, { passive: true })
    document.addEventListener('visibilitychange', look)
    return () => {
      cancelAnimationFrame(frame)
      box?.removeEventListener('scroll', look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [session, store, lanes, begins, shape, list, following, scroller])
  useEffect(() => onChange({ unread, above, behind }), [onChange, unread, above, behind])
  return null
}

function isBefore(messages: readonly Message[], end: number, messageId: string): boolean {
  return messages.slice(0, end).some(({ id }) => id === messageId)
}
