import type { Audience, Member } from '@colloquy/client'
import { EVERYONE, GROUP_PREFIX, groupNamed, sameAudience, setOf } from '@colloquy/shared/audience'

/** A person or a group that somebody picked; `name` is what it was called then, for when it is no longer here. */
export interface Picked {
  /** A userId, or `group:<id>`. */
  id: string
  /** Empty: not known here any more. */
  name: string
}

/** Who reads, as a person picks it: everyone, or oneself with these. None of them: only oneself. */
export type Choice = typeof EVERYONE | readonly Picked[]

export const ONLY_ME: Choice = []

/** A group with those of it who are members of the session. */
export interface Group {
  id: string
  members: readonly string[]
}

/** Whom one can pick. */
export interface Candidates {
  members: readonly Pick<Member, 'id' | 'name'>[]
  groups: readonly Group[]
}

export const groupPick = ({ id }: Group): Picked => ({ id: `${GROUP_PREFIX}${id}`, name: id })

/** As the server takes it; whoever asks is named too, so that a set is never empty. */
export function audienceOf(choice: Choice, myId: string): Audience {
  return choice === EVERYONE ? EVERYONE : [...new Set([myId, ...choice.map(({ id }) => id)])]
}

/** The people that it comes to now. */
export function peopleOf(choice: Choice, myId: string, { groups }: Candidates): Audience {
  if (choice === EVERYONE) return EVERYONE
  const ids = choice.flatMap(({ id }) => {
    const named = groupNamed(id)
    return named === undefined ? [id] : (groups.find((group) => group.id === named)?.members ?? [])
  })
  return setOf([myId, ...ids])
}

/** A choice that leads to the same people. */
export function choiceOf(audience: Audience, myId: string, nameOf: (id: string) => string): Choice {
  if (audience === EVERYONE) return EVERYONE
  return audience.filter((id) => id !== myId).map((id) => ({ id, name: groupNamed(id) ?? nameOf(id) }))
}

/** With a name for everybody of whom none is known. */
export function named(choice: Choice, nameOf: (id: string) => string): Choice {
  if (choice === EVERYONE || choice.every(({ name }) => name !== '')) return choice
  return choice.map(({ id, name }) => ({ id, name: name || nameOf(id) }))
}

/** Those who were picked and are no longer here. Nothing is sent while there are any: nobody is left out unseen. */
export function goneFrom(choice: Choice, { members, groups }: Candidates): readonly Picked[] {
  if (choice === EVERYONE) return []
  const here = new Set([...members.map(({ id }) => id), ...groups.map(({ id }) => GROUP_PREFIX + id)])
  return choice.filter(({ id }) => !here.has(id))
}

export function without(choice: Choice, left: readonly Picked[]): Choice {
  const ids = new Set(left.map(({ id }) => id))
  return choice === EVERYONE ? EVERYONE : choice.filter(({ id }) => !ids.has(id))
}

export function toggled(choice: Choice, picked: Picked): Choice {
  if (choice === EVERYONE) return [picked]
  return choice.some(({ id }) => id === picked.id) ? without(choice, [picked]) : [...choice, picked]
}

/** The same for the same readers, in whatever order they were picked. */
export function keyOf(choice: Choice): string {
  return choice === EVERYONE ? EVERYONE : JSON.stringify(choice.map(({ id }) => id).sort())
}

/** The lane of these people, where there is one already. */
export function laneOf<L extends { audience: Audience }>(
  lanes: readonly L[],
  people: Audience,
): L | undefined {
  return lanes.find(({ audience }) => sameAudience(audience, people))
}
