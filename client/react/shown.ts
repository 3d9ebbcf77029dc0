import type { Session } from '../types/index.ts'

/** Nothing is known yet; all else is something to show: that the server cannot be reached, or the session is full, too. */
const BEGINNING: ReadonlySet<string> = new Set(['connecting', 'reconnecting'])

const shown = new WeakSet<Session>()

/**
 * True from the moment when there is something to show: the transcript, an older copy of it, or that there is
 * none to be had. A lost connection does not take it away again.
 */
export function hasShown(session: Session): boolean {
  if (shown.has(session)) return true
  const { messages, connection } = session.snapshot()
  const is = messages.length > 0 || !BEGINNING.has(connection.state) || connection.reason === 'FULL'
  if (is) shown.add(session)
  return is
}
