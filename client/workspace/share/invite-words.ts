import { timeOf } from '../parts/times.ts'

/**
 * How often and how long an invite still works, as part of a line. The end is told as a time, not as what is left
 * until then: the page's clock may be off.
 */
export function worksFor({ usesLeft, expiresAt }: { usesLeft: number; expiresAt: number }): string {
  return `for ${usesLeft === 1 ? '1 more person' : `${usesLeft} more people`}, until ${timeOf(expiresAt)}`
}
