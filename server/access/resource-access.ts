import { createHash } from 'node:crypto'
import {
  type Audience,
  ColloquyError,
  EVERYONE,
  flows,
  GROUP_PREFIX,
  groupNamed,
  type Readers,
  readersOf,
  receives,
  setOf,
} from '@colloquy/shared'
import type { Resource, WorkspaceState } from './workspace-state.ts'

// Who may read a resource, and which one an id means. All of it from what the person who asks may read: what they may
// not read is as if it were not there.

/** Characters of a name that stand in the id made from it. */
const NAME_LENGTH = 150
/** Characters of a hash that nobody finds another input for. */
const HASH_LENGTH = 22

/**
 * The id of what a person puts under a name. Everybody has names of their own, in each session too, so that a name
 * tells nobody whether somebody else's hidden resource has it.
 */
export function ownId(userId: string, name: string, sessionId?: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(sessionId === undefined ? [userId, name] : [userId, name, sessionId]))
    .digest('base64url')
  return `${name.slice(0, NAME_LENGTH)}-${hash.slice(0, HASH_LENGTH)}`
}

/** Who asks, and the sessions as whose member they do: a turn's own, or all of a person's. */
export interface Reader {
  userId: string
  sessions: ReadonlySet<string>
}

export function mayRead(
  state: WorkspaceState,
  { readers, sessionId }: Pick<Resource, 'readers' | 'sessionId'>,
  { userId, sessions }: Reader,
): boolean {
  if (sessionId !== undefined && !sessions.has(sessionId)) return false
  return receives(readers, userId, groupsOf(state, userId))
}

/**
 * What an id means to this person: the resource that has it, else their own of that name, else the only other one of
 * that name among those they may read.
 */
export function findResource(state: WorkspaceState, reader: Reader, id: string): Resource | undefined {
  for (const each of [id, ownId(reader.userId, id)]) {
    const resource = state.resources.get(each)
    if (resource && mayRead(state, resource, reader)) return resource
  }
  const named = readableBy(state, reader).filter((resource) => nameOf(resource) === id)
  return named.length === 1 ? named[0] : undefined
}

/**
 * What putting under an id replaces: only what is bound to the same session, or to none as what is put. A name of
 * another session's is free here.
 */
export function findToReplace(
  state: WorkspaceState,
  userId: string,
  id: string,
  sessionId: string | undefined,
): Resource | undefined {
  if (sessionId === undefined) return findResource(state, { userId, sessions: NO_SESSIONS }, id)
  const reader = { userId, sessions: new Set([sessionId]) }
  const known = state.resources.get(id) ?? state.resources.get(ownId(userId, id, sessionId))
  return known?.sessionId === sessionId && mayRead(state, known, reader) ? known : undefined
}

export const NO_SESSIONS: ReadonlySet<string> = new Set()

/** Newest first. */
export function readableBy(state: WorkspaceState, reader: Reader): Resource[] {
  return [...state.resources.values()].reverse().filter((resource) => mayRead(state, resource, reader))
}

/**
 * True when all whom a lane of these readers reaches may read the resource: its set flows there, and nobody who
 * receives the lane now has lost the group through which they had the resource. The lane is one of the resource's
 * session, if it has one.
 */
export function isSharedWith(state: WorkspaceState, resource: Resource, lane: Readers): boolean {
  if (!flows(resource.readers.audience, lane.audience)) return false
  if (lane.audience === EVERYONE) return true
  const reached = lane.audience.filter((userId) => receives(lane, userId, groupsOf(state, userId)))
  return reached.every((userId) => receives(resource.readers, userId, groupsOf(state, userId)))
}

/**
 * The readers that somebody names, with the authors, who are always among them. Groups are looked up now and never
 * again; whoever is only in through one is so as long as it has them.
 * @throws ColloquyError `AUDIENCE_UNKNOWN` with what is unknown
 */
export function namedReaders(state: WorkspaceState, asked: Audience, authors: readonly string[]): Readers {
  if (asked === EVERYONE) return { audience: EVERYONE }
  const groups = setOf(asked.map(groupNamed).filter((group) => group !== undefined))
  const people = asked.filter((each) => groupNamed(each) === undefined)
  const unknown = [
    ...people.filter((each) => !state.people.has(each)),
    ...groups.filter((each) => !state.groups.has(each)).map((each) => GROUP_PREFIX + each),
  ]
  if (unknown.length > 0) {
    throw new ColloquyError('AUDIENCE_UNKNOWN', 'Not everybody you named is in this workspace.', { unknown })
  }
  const named = new Set([...people, ...authors])
  const through: Record<string, string[][]> = {}
  for (const userId of groups.flatMap((group) => [...(state.groups.get(group) ?? [])])) {
    if (named.has(userId)) continue
    through[userId] = [groups.filter((group) => state.groups.get(group)?.has(userId))]
  }
  return readersOf(setOf([...named, ...Object.keys(through)]), through)
}

/** The name that its owner gave it, or what the id has of it. */
function nameOf({ id }: Resource): string {
  return id.slice(0, -HASH_LENGTH - 1)
}

function groupsOf(state: WorkspaceState, userId: string): readonly string[] {
  return state.people.get(userId)?.groups ?? []
}
