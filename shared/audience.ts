/**
 * Who may receive a thing: every member now and later, or a nominal set of userIds (sorted, without
 * repeats, never recomputed). A set that happens to name all members is still not `everyone`.
 */
export type Audience = 'everyone' | readonly string[]

/** Every member now and later: the unit of intersection, and equal to no set. */
export const EVERYONE = 'everyone'

/** The lane that every session has, shared by `everyone`. */
export const MAIN_LANE = 'main'

/** What a list of readers may hold beside userIds: the group with this id. */
export const GROUP_PREFIX = 'group:'

/** The group that one of such a list names; undefined where it is a userId. */
export function groupNamed(each: string): string | undefined {
  return each.startsWith(GROUP_PREFIX) ? each.slice(GROUP_PREFIX.length) : undefined
}

/**
 * By which groups people of a set are in it, by userId: of each list one group must still have the person.
 * Whoever is absent was named and needs none.
 */
export type Through = Readonly<Record<string, readonly (readonly string[])[]>>

/** An audience with what its people came in through. `audience` says where things may flow, both who receives them. */
export interface Readers {
  audience: Audience
  through?: Through | undefined
}

/** The set of these people. */
export function setOf(userIds: Iterable<string>): readonly string[] {
  return [...new Set(userIds)].sort(byCodeUnit)
}

/** What both may receive. Associative, commutative, idempotent; `everyone` is its unit. */
export function intersect(a: Audience, b: Audience): Audience {
  if (a === EVERYONE) return b
  if (b === EVERYONE) return a
  const others = new Set(b)
  return setOf(a.filter((userId) => others.has(userId)))
}

/** What both may receive; each person needs a way in through either. */
export function meet(a: Readers, b: Readers): Readers {
  const audience = intersect(a.audience, b.audience)
  if (audience === EVERYONE) return { audience }
  const ways = audience.map((userId) => [userId, waysOf(a, b, userId)] as const)
  return readersOf(audience, Object.fromEntries(ways.filter(([, each]) => each.length > 0)))
}

/** Without an empty `through`, so that equal readers look alike. */
export function readersOf(audience: Audience, through: Through = {}): Readers {
  return Object.keys(through).length === 0 ? { audience } : { audience, through }
}

/**
 * True when what `from` shares may stand where `into` reads: all of `into` may receive it. `everyone` holds people
 * who are still to come, so no set flows into it.
 */
export function flows(from: Audience, into: Audience): boolean {
  if (from === EVERYONE) return true
  if (into === EVERYONE) return false
  const readers = new Set(from)
  return into.every((userId) => readers.has(userId))
}

/** True when the audience names this person, whether or not anything is still delivered to them. */
export function names(audience: Audience, userId: string): boolean {
  return audience === EVERYONE || audience.includes(userId)
}

/** True when a member with these groups receives what these readers share. */
export function receives({ audience, through }: Readers, userId: string, groups: readonly string[]): boolean {
  if (!names(audience, userId)) return false
  const ways = audience === EVERYONE ? [] : (through?.[userId] ?? [])
  return ways.every((any) => any.some((group) => groups.includes(group)))
}

export function sameAudience(a: Audience, b: Audience): boolean {
  return flows(a, b) && flows(b, a)
}

/** True when both are the same people, in through the same groups. */
export function sameReaders(a: Readers, b: Readers): boolean {
  return sameAudience(a.audience, b.audience) && throughKey(a) === throughKey(b)
}

function waysOf(a: Readers, b: Readers, userId: string): (readonly string[])[] {
  const lists = [...(a.through?.[userId] ?? []), ...(b.through?.[userId] ?? [])]
  return [...new Map(lists.map((list) => [JSON.stringify(list), list])).entries()]
    .sort(([x], [y]) => byCodeUnit(x, y))
    .map(([, list]) => list)
}

function throughKey({ through = {} }: Readers): string {
  const sorted = Object.keys(through).sort(byCodeUnit)
  return JSON.stringify(sorted.map((userId) => [userId, through[userId]]))
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
