/** Names by id; an id of somebody who has not been here yet stands for itself. */
export function namesOf(people: readonly { id: string; name: string }[]): (userId: string) => string {
  const names = new Map(people.map(({ id, name }) => [id, name]))
  return (userId) => names.get(userId) ?? userId
}
