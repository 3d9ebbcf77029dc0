import type { ResourceFormat } from '@colloquy/shared'
import { type Audience, ColloquyError, EVERYONE, type Readers } from '@colloquy/shared'
import type { ResourceAnswer } from '@colloquy/shared/answers'
import { type Clock, randomId } from '../clock.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { Principal } from './principal.ts'
import {
  findResource,
  findToReplace,
  isSharedWith,
  NO_SESSIONS,
  namedReaders,
  ownId,
  readableBy,
} from './resource-access.ts'
import { refuseTooMany } from './resource-limits.ts'
import { createResourceTexts } from './resource-texts.ts'
import type { Resource, WorkspaceState } from './workspace-state.ts'
import type { WorkspaceChange, WorkspaceStream } from './workspace-stream.ts'

/** UTF-8 bytes of one text. */
export const TEXT_BYTES = 1024 * 1024

/** What somebody puts; `audience` as a person names readers: userIds and `group:<id>`. */
export interface GivenResource {
  title: string
  text: string
  format: ResourceFormat
  audience: Audience
  /** Binds it to a session; `readers` are those that a prompt for the audience has there, as the session tells. */
  in?: { sessionId: string; readers: Readers } | undefined
}

/** The sessions of a person, asked again where a removal may have come between. */
export type SessionsOf = () => ReadonlySet<string> | Promise<ReadonlySet<string>>
const NOWHERE: SessionsOf = () => NO_SESSIONS

export interface ResourceText {
  resource: Resource
  text: string
}

/**
 * Texts that people of the workspace share with whom they choose. Whoever may not read one is answered as if it did
 * not exist, whatever their role.
 */
export interface Resources {
  /**
   * Puts a new one under a name of the person's own, or replaces the one that the id means to them: theirs, or for an
   * admin any that they read. The text before is destroyed. Acts once for each (person, commandId).
   * @throws ColloquyError `FORBIDDEN`, `MALFORMED`, `TOO_LARGE`, `AUDIENCE_UNKNOWN`, `RESOURCES_FULL`,
   *   `COMMAND_REUSED`, `STORE_UNAVAILABLE`
   */
  put(actor: Principal, commandId: string, id: string, given: GivenResource): Promise<ResourceAnswer>
  /**
   * Gives what is bound to a session other readers, those that `readersFor` the session tells; its text stays.
   * @throws ColloquyError `NOT_FOUND`, `FORBIDDEN`, `COMMAND_REUSED`, `STORE_UNAVAILABLE`
   */
  setReaders(
    actor: Principal,
    commandId: string,
    id: string,
    given: { sessionId: string; audience: Audience; readers: Readers },
  ): Promise<ResourceAnswer>
  /** Destroys it. @throws ColloquyError `NOT_FOUND`, `FORBIDDEN`, `COMMAND_REUSED`, `STORE_UNAVAILABLE` */
  remove(actor: Principal, commandId: string, id: string, sessions?: SessionsOf): Promise<void>
  /**
   * What the person may read, newest first; without `sessions` nothing that is bound to one.
   * @throws ColloquyError `STORE_UNAVAILABLE`
   */
  list(userId: string, sessions?: SessionsOf): Promise<Resource[]>
  /** What an id means to the person. @throws ColloquyError `STORE_UNAVAILABLE` */
  about(userId: string, id: string, sessions: SessionsOf): Promise<Resource | undefined>
  /** Null: not there, or not theirs to know. @throws ColloquyError `STORE_UNAVAILABLE` */
  read(userId: string, id: string, sessions?: SessionsOf): Promise<ResourceText | null>
  /** What an id means to the person in a session, as far as this process knows. */
  find(userId: string, id: string, sessionId?: string): Resource | undefined
  /** True when it is as it was, the person still reads it, and so do all whom these readers of the session reach. */
  isFor(resource: Resource, userId: string, readers: Readers, sessionId?: string): boolean
  /** Null: it is no longer as it was. @throws ColloquyError `STORE_UNAVAILABLE` */
  text(resource: Resource): Promise<string | null>
}

interface Parts {
  stream: WorkspaceStream
  clock: Clock
  fingerprint: Fingerprint
}

export function createResources({ stream, clock, fingerprint }: Parts): Resources {
  const texts = createResourceTexts(stream)
  const find = (userId: string, id: string, sessionId?: string) =>
    findResource(stream.state, { userId, sessions: sessionsOf(sessionId) }, id)
  const command = (userId: string, commandId: string, ...said: unknown[]) => ({
    ...{ userId, commandId, hash: fingerprint(said) },
  })
  return {
    find,
    text: (resource) => texts.of(resource),
    isFor: (resource, userId, readers, sessionId) =>
      find(userId, resource.id, sessionId) === resource && isSharedWith(stream.state, resource, readers),
    async list(userId, sessions = NOWHERE) {
      const state = await stream.current()
      // Last of all: whoever was taken out of a session hears of nothing that came after.
      return readableBy(state, { userId, sessions: await sessions() })
    },
    async about(userId, id, sessions) {
      const state = await stream.current()
      return findResource(state, { userId, sessions: await sessions() }, id)
    },
    async read(userId, id, sessions = NOWHERE) {
      for (;;) {
        const state = await stream.current()
        const resource = findResource(state, { userId, sessions: await sessions() }, id)
        if (!resource) return null
        const text = await texts.of(resource)
        // It may have been replaced, or taken from this person, while it was read.
        const now = findResource(state, { userId, sessions: await sessions() }, id)
        if (now === resource) return text === null ? null : { resource, text }
      }
    },
    async put(actor, commandId, id, given) {
      if (actor.guest && !given.in)
        throw new ColloquyError('FORBIDDEN', 'Guests of a session put no resources.')
      refuseText(given)
      const cell = randomId('c')
      const put = (state: WorkspaceState) => putChange(state, actor, id, given, { cell, at: clock.now() })
      const { title, text, format, audience } = given
      const bound = given.in ? [given.in.sessionId] : []
      const said = command(actor.userId, commandId, 'put', id, title, text, format, audience, ...bound)
      return (await stream.change(put, said)) as ResourceAnswer
    },
    async setReaders(actor, commandId, id, { sessionId, audience, readers }) {
      const change = (state: WorkspaceState) =>
        readersChange(findToReplace(state, actor.userId, id, sessionId), actor, readers, clock.now())
      const said = command(actor.userId, commandId, 'readers', id, sessionId, audience)
      return (await stream.change(change, said)) as ResourceAnswer
    },
    async remove(actor, commandId, id, sessions = NOWHERE) {
      const reader = { userId: actor.userId, sessions: await sessions() }
      const remove = (state: WorkspaceState) =>
        removeChange(findResource(state, reader, id), actor, clock.now())
      await stream.change(remove, command(actor.userId, commandId, 'remove', id))
    },
  }
}

/** As people who read it are told of it. */
export function resourceAnswerOf(resource: Resource): ResourceAnswer {
  const { id, title, format, readers, sessionId, by, length, updatedAt } = resource
  const bound = sessionId === undefined ? {} : { sessionId }
  return { id, title, format, audience: listOf(readers.audience), ...bound, by: { ...by }, length, updatedAt }
}

function putChange(
  state: WorkspaceState,
  actor: Principal,
  id: string,
  { title, text, format, audience, in: place }: GivenResource,
  { cell, at }: { cell: string; at: number },
): WorkspaceChange {
  const sessionId = place?.sessionId
  const before = findToReplace(state, actor.userId, id, sessionId)
  // Whoever replaces one names the readers anew, and in a session only themselves for sure.
  if (before) refuseOthers(before, sessionId === undefined ? actor : { ...actor, admin: false })
  refuseTooMany(state, actor.userId, { sessionId, length: text.length, before })
  const owner = before?.owner ?? actor.userId
  const readers = place?.readers ?? namedReaders(state, audience, [actor.userId, owner])
  const by = { id: actor.userId, name: actor.name }
  const resourceId = before?.id ?? ownId(actor.userId, id, sessionId)
  const bound = sessionId === undefined ? {} : { sessionId }
  const said = { title, format, ...bound, by, cell, length: text.length }
  const now = { id: resourceId, ...said, readers, owner, updatedAt: at }
  return {
    events: [{ type: 'resource.put', at, resourceId, ...said, ...writable(readers) }],
    bodies: new Map([[cell, text]]),
    ...(before ? { erase: [before.cell] } : {}),
    result: resourceAnswerOf(now),
  }
}

function readersChange(
  resource: Resource | undefined,
  actor: Principal,
  readers: Readers,
  at: number,
): WorkspaceChange {
  if (!resource) throw new ColloquyError('NOT_FOUND', 'no such resource')
  refuseOthers(resource, { ...actor, admin: false })
  const { id, readers: _, owner, updatedAt: __, ...same } = resource
  return {
    events: [{ type: 'resource.put', at, resourceId: id, ...same, ...writable(readers) }],
    result: resourceAnswerOf({ ...resource, readers, updatedAt: at }),
  }
}

function removeChange(resource: Resource | undefined, actor: Principal, at: number): WorkspaceChange {
  if (!resource) throw new ColloquyError('NOT_FOUND', 'no such resource')
  refuseOthers(resource, actor)
  return {
    events: [{ type: 'resource.removed', at, resourceId: resource.id, by: actor.userId }],
    erase: [resource.cell],
    result: { ok: true },
  }
}

function refuseOthers({ owner }: Resource, { userId, admin }: Principal): void {
  if (owner === userId || admin) return
  throw new ColloquyError('FORBIDDEN', 'Only who put it first, or an admin, may replace or remove it.')
}

/** Half a surrogate pair would not come back from the store as it was, and other control characters are no text. */
function refuseText({ text, format }: GivenResource): void {
  if (Buffer.byteLength(text) > TEXT_BYTES) {
    throw new ColloquyError('TOO_LARGE', 'The text is too long.', { limit: TEXT_BYTES })
  }
  if (!text.isWellFormed() || /[^\P{Cc}\t\n\f\r]/u.test(text)) throw wrongText('is not text')
  if (format === 'json' && !isJson(text)) throw wrongText('is not valid JSON')
}

function wrongText(message: string): ColloquyError {
  const issues = [{ path: 'body/text', message }]
  return new ColloquyError('MALFORMED', 'The request does not have the right shape.', issues)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function sessionsOf(sessionId: string | undefined): ReadonlySet<string> {
  return sessionId === undefined ? NO_SESSIONS : new Set([sessionId])
}

function listOf(audience: Audience): 'everyone' | string[] {
  return audience === EVERYONE ? EVERYONE : [...audience]
}

function writable({ audience, through }: Readers) {
  const ways = Object.entries(through ?? {}).map(([id, lists]) => [id, lists.map((any) => [...any])] as const)
  return { audience: listOf(audience), ...(through ? { through: Object.fromEntries(ways) } : {}) }
}
