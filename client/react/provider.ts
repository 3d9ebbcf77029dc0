import {
  createContext,
  createElement,
  type ReactNode,
  use,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { systemClock } from '../clock.ts'
import { connect } from '../connect.ts'
import type { Session } from '../types/index.ts'
import { SessionContext } from './hooks.ts'
import { Rooms } from './rooms.ts'
import { hasShown } from './shown.ts'

export interface SessionProviderProps {
  /** Where the server is; in a page, a relative URL counts from that page. */
  url: string
  /** As for `connect`; the last one rendered is asked. Without it the browser's cookie tells who this is. */
  auth?: (() => string | Promise<string>) | undefined
  fetch?: typeof fetch | undefined
  /** As for `connect`; with another value the sessions are joined anew. */
  persist?: boolean | undefined
  children?: ReactNode
}

export interface SessionRoomProps {
  /** Id of the session. */
  id: string
  /** Shown until there is a transcript to show. */
  fallback?: ReactNode
  /** Shown also when the session has ended: `useConnection` tells why. */
  children?: ReactNode
}

const RoomsContext = createContext<Rooms | null>(null)

/** Where the sessions below it are, and on whose behalf they are joined. For another person give it a new `key`. */
export function SessionProvider({ url, auth, fetch, persist, children }: SessionProviderProps): ReactNode {
  const latest = useRef({ auth, fetch })
  useLayoutEffect(() => {
    latest.current = { auth, fetch }
  })
  const withToken = auth !== undefined
  const rooms = useMemo(() => {
    const askToken = () => {
      const ask = latest.current.auth
      if (!ask) throw new Error('the page no longer gives `auth`')
      return ask()
    }
    const send: typeof globalThis.fetch = (...args) => (latest.current.fetch ?? globalThis.fetch)(...args)
    const open = (session: string) =>
      connect({
        ...{ url, session, fetch: send },
        ...(withToken ? { auth: askToken } : {}),
        ...(persist === undefined ? {} : { persist }),
      })
    return new Rooms(open, systemClock)
  }, [url, withToken, persist])
  return createElement(RoomsContext, { value: rooms }, children)
}

/** Joins a session while it is mounted. */
export function SessionRoom({ id, fallback = null, children }: SessionRoomProps): ReactNode {
  const rooms = use(RoomsContext)
  if (!rooms) throw new Error('<SessionRoom> needs a <SessionProvider> around it')
  const [joined, setJoined] = useState<{ rooms: Rooms; id: string; session: Session } | null>(null)
  // Not while rendering: what is rendered may never be shown, or be rendered by a server.
  useEffect(() => {
    const { session, release } = rooms.acquire(id)
    setJoined({ rooms, id, session })
    return release
  }, [rooms, id])
  if (joined?.rooms !== rooms || joined.id !== id) return fallback
  return createElement(Shown, { key: id, session: joined.session, fallback }, children)
}

interface ShownProps {
  session: Session
  fallback: ReactNode
  children?: ReactNode
}

function Shown({ session, fallback, children }: ShownProps): ReactNode {
  const subscribe = useMemo(() => (changed: () => void) => session.subscribe(changed), [session])
  const isShown = () => hasShown(session)
  return useSyncExternalStore(subscribe, isShown, isShown)
    ? createElement(SessionContext, { value: session }, children)
    : fallback
}
