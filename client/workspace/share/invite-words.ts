import { spanOf } from '../parts/times.ts'

/** How often and how long an invite still works, as part of a line; `left` in ms. */
export function worksFor(usesLeft: number, left: number): string {
  const people = usesLeft === 1 ? '1 more person' : `${usesLeft} more people`
  return `for ${people}, ${spanOf(left)} left`
}
