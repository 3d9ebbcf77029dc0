import { createContext, use, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { Session, Snapshot } from '../types/index.ts'
import { keepShallow, selector } from './select.ts'
import type { SessionConnection, SessionLanes, SessionPeople, SessionQueue } from './types.ts'
import { Typing } from './typing.ts'

export const SessionContext = createContext<Session | null>(null)

/** The session of the `<SessionRoom>` around. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('this hook needs a <SessionRoom> around it')
  return session
}

/**
 * A part of the session's snapshot: the component renders again when that part has changed, compared by what
 * it holds one level deep.
 */
export function useSnapshot<T>(select: (snapshot: Snapshot) => T): T {
  const session = useSession()
  const kept = useRef<{ value: T } | null>(null)
  const read = useMemo(() => {
    const selected = selector(select)
    return () => {
      const value = keepShallow(kept.current?.value, selected(session.snapshot()))
      kept.current = { value }
      return value
    }
  }, [session, select])
  const subscribe = useMemo(() => (changed: () => void) => session.subscribe(changed), [session])
  return useSyncExternalStore(subscribe, read, read)
}

export function useQueue(): SessionQueue {
  const session = useSession()
  const { queue: entries, turn, turns } = useSnapshot(queueOf)
  return useMemo(
    () => ({
      entries,
      turn,
      turns,
      edit: (promptId, text) => session.edit(promptId, text),
      withdraw: (promptId) => session.withdraw(promptId),
      move: (promptId, before) => session.move(promptId, before),
    }),
    [session, entries, turn, turns],
  )
}

/** The lanes that one reads, and whom an audience may name. */
export function useLanes(): SessionLanes {
  return useSnapshot(lanesOf)
}

export function usePeople(): SessionPeople {
  const session = useSession()
  const { people, members, me } = useSnapshot(peopleOf)
  const typing = useMemo(() => new Typing((is, audience) => session.setTyping(is, audience)), [session])
  useEffect(() => () => typing.set(false), [typing])
  return useMemo(
    () => ({ people, members, me, setTyping: (is, audience) => typing.set(is, audience) }),
    [people, members, me, typing],
  )
}

export function useConnection(): SessionConnection {
  const session = useSession()
  const { connection, outbox } = useSnapshot(connectionOf)
  return useMemo(
    () => ({ ...connection, outbox, discard: (commandId) => session.discard(commandId) }),
    [session, connection, outbox],
  )
}

const queueOf = ({ queue, turn, turns }: Snapshot) => ({ queue, turn, turns })
const lanesOf = ({ lanes, groups }: Snapshot) => ({ lanes, groups })
const peopleOf = ({ people, members, me }: Snapshot) => ({ people, members, me })
const connectionOf = ({ connection, outbox }: Snapshot) => ({ connection, outbox })
