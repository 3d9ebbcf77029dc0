import { ColloquyError, type PersonRef } from '@colloquy/shared'
import type { PeopleAnswer } from '@colloquy/shared/answers'
import type { Clock } from '../clock.ts'
import { GUEST_PREFIX } from './claims.ts'
import type { Principal } from './principal.ts'
import type { Person } from './workspace-state.ts'
import type { WorkspaceStream } from './workspace-stream.ts'

/** The people of the workspace, as its stream tells. */
export interface People {
  /**
   * Writes down what a proof says of a person, when it is news: not what an older proof says than the last. Durable
   * when it resolves.
   * @returns the person as the newest proof has them: an older one that still holds proves who somebody is, and
   *   not what they may
   * @throws ColloquyError `STORE_UNAVAILABLE`
   */
  seen(principal: Principal): Promise<Principal>
  get(userId: string): Person | undefined
  /**
   * Everybody who has signed in, by name.
   * @throws ColloquyError `FORBIDDEN` to all but admins, `STORE_UNAVAILABLE`
   */
  list(actor: Principal): Promise<PeopleAnswer['people']>
}

export function createPeople(stream: WorkspaceStream, clock: Clock): People {
  const get = (userId: string) => stream.state.people.get(userId)
  /** When the newest proof of each person was made; one that says nothing new is in no event. */
  const newest = new Map<string, number>()
  const isOld = (userId: string, issuedAt: number) =>
    issuedAt < Math.max(newest.get(userId) ?? 0, get(userId)?.issuedAt ?? 0)

  async function write(principal: Principal, at: number, issuedAt: number): Promise<void> {
    const { userId, name, groups, admin } = principal
    await stream.change(({ people }) => {
      if (isOld(userId, issuedAt) || saysTheSame(people.get(userId), principal)) return null
      const changed = { type: 'person.changed' as const, at, userId, name, admin, issuedAt }
      return { events: [{ ...changed, groups: [...groups] }] }
    })
  }

  return {
    get,
    async list({ admin }) {
      if (!admin) throw new ColloquyError('FORBIDDEN', 'Only an admin of the workspace may see who is in it.')
      const { people } = await stream.current()
      return [...people.values()].map(shown).sort(byName)
    },
    async seen(principal) {
      const { userId } = principal
      const at = clock.now()
      // An issuer whose clock is ahead may not outdate what it says next.
      const issuedAt = Math.min(principal.issuedAt ?? at, at)
      if (!isOld(userId, issuedAt)) {
        // Nearly always nothing new: that spares each request the wait for the stream.
        if (!saysTheSame(get(userId), principal)) await write(principal, at, issuedAt)
        if (!isOld(userId, issuedAt)) newest.set(userId, issuedAt)
      }
      const { name, groups, admin } = get(userId) ?? principal
      return { ...principal, name, groups, admin }
    },
  }
}

function shown({ userId: id, name, admin, groups }: Person): PeopleAnswer['people'][number] {
  // Only the server makes people whose ids begin so.
  return { id, name, admin, guest: id.startsWith(GUEST_PREFIX), groups: [...groups] }
}

function byName(a: PersonRef, b: PersonRef): number {
  return a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1)
}

function saysTheSame(person: Person | undefined, { name, groups, admin }: Principal): boolean {
  return (
    person !== undefined &&
    person.name === name &&
    person.admin === admin &&
    person.groups.length === groups.length &&
    person.groups.every((group) => groups.includes(group))
  )
}
