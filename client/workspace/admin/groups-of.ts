export interface GroupOf<P> {
  id: string
  members: readonly P[]
}

/** The groups that somebody is in, by name, with their people in the order given. */
export function groupsOf<P extends { groups: readonly string[] }>(
  people: readonly P[],
): readonly GroupOf<P>[] {
  const ids = [...new Set(people.flatMap(({ groups }) => groups))].sort((a, b) => a.localeCompare(b))
  return ids.map((id) => ({ id, members: people.filter(({ groups }) => groups.includes(id)) }))
}
