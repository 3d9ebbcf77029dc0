import type { Clock } from '../clock.ts'
import type { Principal } from './principal.ts'
import type { Person, WorkspaceStream } from './workspace-stream.ts'

/** The people of the workspace, as its stream tells. */
export interface People {
  /**
   * Writes down what a fresh proof says of a person, when it is news; durable when it resolves.
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
      if (isKnown(get(principal.userId), principal)) return
      const { userId, name, groups, admin } = principal
      await stream.change(({ people }) => {
        if (isKnown(people.get(userId), principal)) return null
        const at = clock.now()
        return { events: [{ type: 'person.changed', at, userId, name, groups: [...groups], admin }] }
      })
    },
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
