import { ColloquyError } from '@colloquy/shared'
import type { Resource, WorkspaceState } from './workspace-state.ts'

/** Bound to no session. */
const MOST_RESOURCES = 1_000
const MOST_OF_ONE_PERSON = 100
/** What is attached in one session. */
const MOST_IN_SESSION = 500
const MOST_OF_ONE_IN_SESSION = 100
/** Characters (UTF-16) of all that one person has attached in one session, guests too. */
const LENGTH_OF_ONE_IN_SESSION = 16 * 1024 * 1024

export interface Room {
  /** Absent: bound to none. */
  sessionId: string | undefined
  /** Characters of the text. */
  length: number
  /** What it takes the place of. */
  before: Resource | undefined
}

/** @throws ColloquyError `RESOURCES_FULL` with the limit */
export function refuseTooMany(
  { resources }: Pick<WorkspaceState, 'resources'>,
  userId: string,
  { sessionId, length, before }: Room,
): void {
  const there = [...resources.values()].filter((each) => each.sessionId === sessionId && each !== before)
  const own = there.filter(({ owner }) => owner === userId)
  const isBound = sessionId !== undefined
  const mostOfOne = isBound ? MOST_OF_ONE_IN_SESSION : MOST_OF_ONE_PERSON
  const most = isBound ? MOST_IN_SESSION : MOST_RESOURCES
  if (!before && own.length >= mostOfOne) throw full('You have', mostOfOne)
  if (!before && there.length >= most) throw full(isBound ? 'The session has' : 'The workspace has', most)
  const whole = own.reduce((sum, each) => sum + each.length, length)
  if (isBound && whole > LENGTH_OF_ONE_IN_SESSION) {
    throw new ColloquyError('RESOURCES_FULL', 'You have attached as much text here as there may be.', {
      limit: LENGTH_OF_ONE_IN_SESSION,
    })
  }
}

function full(who: string, limit: number): ColloquyError {
  return new ColloquyError('RESOURCES_FULL', `${who} as many resources as there may be.`, { limit })
}
