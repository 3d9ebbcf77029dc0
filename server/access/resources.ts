import type { ResourceFormat } from '@colloquy/shared'
import { type Audience, ColloquyError, EVERYONE, type Readers } from '@colloquy/shared'
import type { ResourceAnswer } from '@colloquy/shared/answers'
import { type Clock, randomId } from '../clock.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { Principal } from './principal.ts'
import { findResource, isSharedWith, namedReaders, ownId, readableBy } from './resource-access.ts'
import { createResourceTexts } from './resource-texts.ts'
import type { Resource, WorkspaceState } from './workspace-state.ts'
import type { WorkspaceChange, WorkspaceStream } from './workspace-stream.ts'

/** UTF-8 bytes of one text. */
export const TEXT_BYTES = 1024 * 1024
const MOST_RESOURCES = 1_000
const MOST_OF_ONE_PERSON = 100

/** What somebody puts; `audience` as a person names readers: userIds and `group:<id>`. */
export interface GivenResource {
  title: string
  text: string
  format: ResourceFormat
  audience: Audience
}

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
  /** Destroys it. @throws ColloquyError `NOT_FOUND`, `FORBIDDEN`, `COMMAND_REUSED`, `STORE_UNAVAILABLE` */
  remove(actor: Principal, commandId: string, id: string): Promise<void>
  /** What the person may read, newest first. @throws ColloquyError `STORE_UNAVAILABLE` */
  list(userId: string): Promise<Resource[]>
  /** Null: not there, or not theirs to know. @throws ColloquyError `STORE_UNAVAILABLE` */
  read(userId: string, id: string): Promise<ResourceText | null>
  /** What an id means to the person, as far as this process knows. */
  find(userId: string, id: string): Resource | undefined
  /** True when it is as it was, the person still reads it, and so do all whom these readers reach. */
  isFor(resource: Resource, userId: string, readers: Readers): boolean
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
  const find = (userId: string, id: string) => findResource(stream.state, userId, id)
  const command = (userId: string, commandId: string, ...said: unknown[]) => ({
    ...{ userId, commandId, hash: fingerprint(said) },
  })
  return {
    find,
    text: (resource) => texts.of(resource),
    isFor: (resource, userId, readers) =>
      find(userId, resource.id) === resource && isSharedWith(stream.state, resource, readers),
    list: async (userId) => readableBy(await stream.current(), userId),
    async read(userId, id) {
      for (;;) {
        const resource = findResource(await stream.current(), userId, id)
        if (!resource) return null
        const text = await texts.of(resource)
        // It may have been replaced, or taken from this person, while it was read.
        if (find(userId, id) === resource) return text === null ? null : { resource, text }
      }
    },
    async put(actor, commandId, id, given) {
      if (actor.guest) throw new ColloquyError('FORBIDDEN', 'Guests of a session put no resources.')
      refuseText(given)
      const cell = randomId('c')
      const put = (state: WorkspaceState) => putChange(state, actor, id, given, { cell, at: clock.now() })
      const { title, text, format, audience } = given
      const said = command(actor.userId, commandId, 'put', id, title, text, format, audience)
      return (await stream.change(put, said)) as ResourceAnswer
    },
    async remove(actor, commandId, id) {
      const remove = (state: WorkspaceState) => removeChange(state, actor, id, clock.now())
      await stream.change(remove, command(actor.userId, commandId, 'remove', id))
    },
  }
}

/** As people who read it are told of it. */
export function resourceAnswerOf(resource: Resource): ResourceAnswer {
  const { id, title, format, readers, by, length, updatedAt } = resource
  return { id, title, format, audience: listOf(readers.audience), by: { ...by }, length, updatedAt }
}

function putChange(
  state: WorkspaceState,
  actor: Principal,
  id: string,
  { title, text, format, audience }: GivenResource,
  { cell, at }: { cell: string; at: number },
): WorkspaceChange {
  const before = findResource(state, actor.userId, id)
  if (before) refuseOthers(before, actor)
  else refuseTooMany(state, actor.userId)
  const owner = before?.owner ?? actor.userId
  const readers = namedReaders(state, audience, [actor.userId, owner])
  const by = { id: actor.userId, name: actor.name }
  const resourceId = before?.id ?? ownId(actor.userId, id)
  const said = { title, format, by, cell, length: text.length }
  const now = { id: resourceId, title, format, readers, owner, by, cell, length: text.length, updatedAt: at }
  return {
    events: [{ type: 'resource.put', at, resourceId, ...said, ...writable(readers) }],
    bodies: new Map([[cell, text]]),
    ...(before ? { erase: [before.cell] } : {}),
    result: resourceAnswerOf(now),
  }
}

function removeChange(state: WorkspaceState, actor: Principal, id: string, at: number): WorkspaceChange {
  const resource = findResource(state, actor.userId, id)
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

function refuseTooMany({ resources }: WorkspaceState, userId: string): void {
  const own = [...resources.values()].filter(({ owner }) => owner === userId).length
  if (own >= MOST_OF_ONE_PERSON) throw full('You have', MOST_OF_ONE_PERSON)
  if (resources.size >= MOST_RESOURCES) throw full('The workspace has', MOST_RESOURCES)
}

function full(who: string, limit: number): ColloquyError {
  return new ColloquyError('RESOURCES_FULL', `${who} as many resources as there may be.`, { limit })
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

function listOf(audience: Audience): 'everyone' | string[] {
  return audience === EVERYONE ? EVERYONE : [...audience]
}

function writable({ audience, through }: Readers) {
  const ways = Object.entries(through ?? {}).map(([id, lists]) => [id, lists.map((any) => [...any])] as const)
  return { audience: listOf(audience), ...(through ? { through: Object.fromEntries(ways) } : {}) }
}
