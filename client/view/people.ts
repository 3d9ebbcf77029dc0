import type { Member, Person } from '../types/index.ts'

/**
 * Who is here, one entry a person however many tabs they have, by name. The server writes `user` into every
 * state it sends; it does not tell us about ourselves.
 */
export function peopleOf(
  states: readonly unknown[],
  members: readonly Member[],
  me: Person | null,
): readonly Person[] {
  const names = new Map(members.map(({ id, name }) => [id, name]))
  const people = new Map<string, Person>()
  if (me) people.set(me.id, me)
  for (const state of states) {
    const person = personOf(state)
    if (!person) continue
    const typing = person.typing || people.get(person.id)?.typing === true
    const name = names.get(person.id) ?? person.name
    people.set(person.id, { id: person.id, name, typing })
  }
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
}

function personOf(state: unknown): Person | null {
  if (typeof state !== 'object' || state === null || !('user' in state)) return null
  const { user } = state
  if (typeof user !== 'object' || user === null || !('id' in user) || typeof user.id !== 'string') return null
  const name = 'name' in user && typeof user.name === 'string' ? user.name : user.id
  return { id: user.id, name, typing: 'typing' in state && state.typing === true }
}
