import { fits } from '../lane-content.ts'
import type { PlanItem, SummaryPlan } from './plan-summary.ts'
import type { Claim, SummaryText } from './summary.ts'

/** Characters of one claim, and of all claims of a summary. */
export const CLAIM_LENGTH = 200
const CLAIMS_LENGTH = 4_000
/** Claims of one summary. */
export const MOST_CLAIMS = 40

/** The summary that needs no model: how each message begins, the newest ones where there are too many. */
export function extract({ items }: SummaryPlan): SummaryText {
  const claims: Claim[] = []
  let room = CLAIMS_LENGTH
  for (const item of items.toReversed()) {
    const text = beginning(item.text)
    if (text === '') continue
    room -= text.length
    if (room < 0 || claims.length >= MOST_CLAIMS) break
    claims.push(claimOf(text, [item]))
  }
  return summaryText(claims.reverse(), items)
}

/** A claim with the authors and the sources of what it was made from. */
export function claimOf(text: string, items: readonly PlanItem[]): Claim {
  return {
    text,
    authors: [...new Set(items.flatMap(({ authors }) => authors.map(({ id }) => id)))],
    sources: [...new Set(items.flatMap(({ sources }) => sources))],
    seqs: [...new Set(items.flatMap(({ seqs }) => seqs))].sort((a, b) => a - b),
  }
}

/** The claims with what their authors are called, as they were called last. */
export function summaryText(claims: Claim[], items: readonly PlanItem[]): SummaryText {
  const named = new Set(claims.flatMap(({ authors }) => authors))
  const people = items.flatMap(({ authors }) => authors).filter(({ id }) => named.has(id))
  return { people: Object.fromEntries(people.map(({ id, name }) => [id, name])), claims }
}

/** The first sentences of the first lines, on one line. */
function beginning(text: string): string {
  const line = text
    .slice(0, CLAIM_LENGTH * 4)
    .replace(/\s+/g, ' ')
    .trim()
  if (line.length <= CLAIM_LENGTH) return line
  const head = line.slice(0, fits(line, 0, CLAIM_LENGTH))
  const sentences = /^.*[.!?。？！](?=\s)/.exec(head)?.[0]
  return sentences !== undefined && sentences.length >= CLAIM_LENGTH / 4 ? sentences : `${head.trimEnd()}…`
}
