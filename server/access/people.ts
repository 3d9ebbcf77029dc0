import { ColloquyError } from '@colloquy/shared'
import { type WorkspaceEvent, workspaceEvent } from '@colloquy/shared/events'
import type { Clock } from '../clock.ts'
import { type Journal, JournalError, type StoredEvent } from '../journal/journal.ts'
import type { Principal } from './principal.ts'

/** A person as the workspace last saw them. */
export interface Person {
  userId: string
  name: string
  groups: readonly string[]
  admin: boolean
}

/** The people of the workspace: a fold of its stream, which any process may append to. */
export interface People {
  /**
   * Writes down what a fresh proof says of a person, when it is news; durable when it resolves.
   * @throws ColloquyError `STORE_UNAVAILABLE`
   */
  seen(principal: Principal): Promise<void>
  get(userId: string): Person | undefined
}

export const WORKSPACE_ID = 'default'
export const WORKSPACE_STREAM = `w_${WORKSPACE_ID}`
/** Appends read at a time when another process was faster. */
const PAGE = 500
/** A conflict means that somebody else got on; losing this often in a row means that something is broken. */
const TRIES = 20

export async function openPeople(journal: Journal, clock: Clock): Promise<People> {
  const people = new Map<string, Person>()
  let position = 0
  let queue: Promise<unknown> = Promise.resolve()

  function fold(events: readonly StoredEvent[]): void {
    for (const { seq, event } of events) {
      apply(workspaceEvent.parse(event))
      position = seq
    }
  }
  function apply(event: WorkspaceEvent): void {
    if (event.type !== 'person.changed') return
    const { userId, name, groups, admin } = event
    people.set(userId, { userId, name, groups, admin })
  }
  async function catchUp(): Promise<void> {
    for (;;) {
      const events = await journal.read(WORKSPACE_STREAM, { after: position, limit: PAGE })
      if (events.length === 0) return
      fold(events)
    }
  }

  async function write({ userId, name, groups, admin }: Principal): Promise<void> {
    const at = clock.now()
    const events: WorkspaceEvent[] = [
      { type: 'person.changed', at, userId, name, groups: [...groups], admin },
    ]
    if (position === 0) {
      events.unshift({ type: 'workspace.created', at, workspaceId: WORKSPACE_ID, name: 'Colloquy' })
    }
    position = await journal.append(WORKSPACE_STREAM, {
      expectedSeq: position,
      events: events.map((event) => ({ event })),
    })
    for (const event of events) apply(event)
  }

  async function record(principal: Principal): Promise<void> {
    for (let left = TRIES; !isKnown(people.get(principal.userId), principal); left--) {
      try {
        await write(principal)
      } catch (error) {
        if (!(error instanceof JournalError && error.code === 'CONFLICT') || left === 0) throw error
        await catchUp()
      }
    }
  }

  fold((await journal.load(WORKSPACE_STREAM)).events)
  return {
    async seen(principal) {
      if (isKnown(people.get(principal.userId), principal)) return
      // One at a time: two appends of this process would only conflict with each other.
      const recorded = queue.then(() => record(principal))
      queue = recorded.catch(() => undefined)
      await recorded.catch((error: unknown) => {
        throw new ColloquyError('STORE_UNAVAILABLE', 'The store does not answer.', undefined, error)
      })
    },
    get: (userId) => people.get(userId),
  }
}

function isKnown(person: Person | undefined, { name, groups, admin }: Principal): boolean {
  return (
    person !== undefined &&
    person.name === name &&
    person.admin === admin &&
    person.groups.length === groups.length &&
    person.groups.every((group) => groups.includes(group))
  )
}
