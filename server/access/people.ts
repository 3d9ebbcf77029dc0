import type { Clock } from '../clock.ts'
import type { Principal } from './principal.ts'
import type { Person, WorkspaceStream } from './workspace-stream.ts'

/** The people of the workspace, as its stream tells. */
export interface People {
  /**
   * Writes down what a proof says of a person, when it is news: not what an older proof says than the last. Durable
   * when it resolves.
   * @throws ColloquyError `STORE_UNAVAILABLE`
   */
  seen(principal: Principal): Promise<void>
  get(userId: string): Person | undefined
}

export function createPeople(stream: WorkspaceStream, clock: Clock): People {
  const get = (userId: string) => stream.state.people.get(userId)
  return {
    get,
    async seen(principal) {
      // Nearly always: spares each request the wait for the stream.
      const at = clock.now()
      // An issuer whose clock is ahead may not outdate what it says next.
      const issuedAt = Math.min(principal.issuedAt ?? at, at)
      if (isNoNews(get(principal.userId), principal, issuedAt)) return
      const { userId, name, groups, admin } = principal
      await stream.change(({ people }) => {
        if (isNoNews(people.get(userId), principal, issuedAt)) return null
        const changed = {
          type: 'person.changed' as const,
          at,
          userId,
          name,
          groups: [...groups],
          admin,
          issuedAt,
        }
        return { events: [changed] }
      })
    },
  }
}

function isNoNews(person: Person | undefined, { name, groups, admin }: Principal, issuedAt: number): boolean {
  if (person === undefined) return false
  if (issuedAt < person.issuedAt) return true
  return (
    person.name === name &&
    person.admin === admin &&
    person.groups.length === groups.length &&
    person.groups.every((group) => groups.includes(group))
  )
}
