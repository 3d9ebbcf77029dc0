import type { Readers, ResourceFormat } from '@colloquy/shared'
import { readersOf } from '@colloquy/shared'
import type { WorkspaceEvent } from '@colloquy/shared/workspace-events'
import { grow, type Note } from './note.ts'

/** A person as the workspace last saw them. */
export interface Person {
  userId: string
  name: string
  groups: readonly string[]
  admin: boolean
  /** ms since 1970 when the proof of it was made. */
  issuedAt: number
}

/** A text of the workspace, as its stream tells: what it says lies in the erasable cell. */
export interface Resource {
  readonly id: string
  readonly title: string
  readonly format: ResourceFormat
  readonly readers: Readers
  /** Of these, only members of this session read it: `everyone` is everyone there. Absent: bound to none. */
  readonly sessionId?: string
  /** Who put it first: it is theirs to replace and remove. */
  readonly owner: string
  /** Who put it as it is now. */
  readonly by: { readonly id: string; readonly name: string }
  readonly cell: string
  /** Characters (UTF-16) of the text. */
  readonly length: number
  /** ms since 1970 when it was put as it is now. */
  readonly updatedAt: number
}

/** Everybody, or userIds and `group:<id>`. */
export type Grantees = 'everyone' | readonly string[]

/** Who may use a tool, and who may allow its calls. */
export interface Grant {
  readonly use: Grantees
  readonly approve: Grantees
}

/** The fold of the workspace's stream. */
export interface WorkspaceState {
  readonly name: string
  /** What every turn tells the model about this team. */
  readonly systemText: string
  /** The names of the tools that turns offer; absent: all that the server has. */
  readonly tools?: readonly string[] | undefined
  readonly people: ReadonlyMap<string, Person>
  /** Groups that have somebody, by id, with their userIds. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>
  /** By name. */
  readonly notes: ReadonlyMap<string, Readonly<Note>>
  /** By id, in the order in which they were put as they are. */
  readonly resources: ReadonlyMap<string, Resource>
  /** By tool. */
  readonly grants: ReadonlyMap<string, Grant>
}

export interface WorkspaceFold {
  readonly state: WorkspaceState
  apply(event: WorkspaceEvent): void
}

const FIRST_NAME = 'Colloquy'

type EventOf<T extends WorkspaceEvent['type']> = Extract<WorkspaceEvent, { type: T }>

/** The state before the first event; `apply` changes it in place. */
export function createWorkspaceFold(): WorkspaceFold {
  const people = new Map<string, Person>()
  const groups = new Map<string, Set<string>>()
  const notes = new Map<string, Note>()
  const resources = new Map<string, Resource>()
  const grants = new Map<string, Grant>()
  const tools = undefined as WorkspaceState['tools']
  const state = { name: FIRST_NAME, systemText: '', tools, people, groups, notes, resources, grants }

  function changePerson({ userId, name, groups: now, admin, issuedAt = 0 }: EventOf<'person.changed'>): void {
    for (const group of people.get(userId)?.groups ?? []) leave(groups, group, userId)
    for (const group of now) groups.set(group, (groups.get(group) ?? new Set()).add(userId))
    people.set(userId, { userId, name, groups: now, admin, issuedAt })
  }
  function putResource(event: EventOf<'resource.put'>): void {
    const owner = resources.get(event.resourceId)?.owner ?? event.by.id
    // A map keeps the place of a key that it has.
    resources.delete(event.resourceId)
    resources.set(event.resourceId, resourceOf(event, owner))
  }
  function apply(event: WorkspaceEvent): void {
    if (event.type === 'person.changed') changePerson(event)
    else if (event.type === 'note.appended') grow(notes, event)
    else if (event.type === 'resource.put') putResource(event)
    else if (event.type === 'resource.removed') resources.delete(event.resourceId)
    else if (event.type === 'grant.changed')
      grants.set(event.tool, { use: event.use, approve: event.approve })
    else {
      state.name = event.name
      if (event.type === 'workspace.created') return
      state.systemText = event.systemText
      state.tools = event.tools
    }
  }
  return { state, apply }
}

function leave(groups: Map<string, Set<string>>, group: string, userId: string): void {
  const people = groups.get(group)
  people?.delete(userId)
  if (people?.size === 0) groups.delete(group)
}

function resourceOf(event: EventOf<'resource.put'>, owner: string): Resource {
  const { resourceId: id, title, format, audience, through, sessionId, by, cell, length, at } = event
  const bound = sessionId === undefined ? {} : { sessionId }
  const readers = readersOf(audience, through)
  return { id, title, format, readers, ...bound, owner, by, cell, length, updatedAt: at }
}
