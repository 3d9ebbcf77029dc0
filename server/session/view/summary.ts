import type { PersonRef } from '@colloquy/shared'
import type { ModelContext, ModelNote } from '../../model/port.ts'
import type { Bodies } from '../lane-content.ts'
import type { Lane, Summary } from '../state.ts'
import { readersIn, tokensOfMessages } from './speak.ts'

/** One thing that was said, with whose words it comes from: nobody's are the assistant's own. */
export interface Claim {
  text: string
  /** userIds. */
  authors: string[]
  /** Ids of messages, and their places in the lane. */
  sources: string[]
  seqs: number[]
}

/** What the cell of a summary holds, as JSON. */
export interface SummaryText {
  /** What the authors were called, by userId. */
  people: Record<string, string>
  claims: Claim[]
}

/** A summary as models are told it. */
export interface SpokenSummary {
  summary: Summary
  message: ModelContext
  tokens: number
}

/** The summaries that stand for something: one that takes others in replaces them. Oldest first. */
export function standing({ summaries }: Pick<Lane, 'summaries'>): readonly Summary[] {
  return summaries
    .filter((each, at) => !summaries.slice(at + 1).some((later) => covers(later, each)))
    .sort((a, b) => a.fromSeq - b.fromSeq)
}

export function coveredBy(summaries: readonly Summary[], seq: number): Summary | undefined {
  return summaries.find(({ fromSeq, throughSeq }) => fromSeq <= seq && seq <= throughSeq)
}

/** The text of a summary; one that was erased, or that is no summary, has no claims. */
export function readSummary({ cell }: Pick<Summary, 'cell'>, bodies: Bodies): SummaryText {
  try {
    const { people = {}, claims = [] } = JSON.parse(bodies.get(cell) ?? '{}') as Partial<SummaryText>
    return { people, claims: claims.map((claim) => ({ ...claim, seqs: claim.seqs ?? [] })) }
  } catch {
    return { people: {}, claims: [] }
  }
}

export function speakSummary(summary: Summary, lane: Lane, bodies: Bodies): SpokenSummary {
  const known = spoken.get(summary)
  if (known) return known
  const { fromSeq, throughSeq } = summary
  const notes = notesOf(readSummary(summary, bodies))
  const message: ModelContext = {
    ...{ role: 'context', about: 'summary', fromSeq, throughSeq },
    ...readersIn(lane.audience),
    notes,
  }
  const said = { summary, message, tokens: tokensOfMessages([message]) }
  spoken.set(summary, said)
  return said
}

/** Claims with their authors' names. */
export function notesOf({ people, claims }: SummaryText): ModelNote[] {
  return claims.map(({ text, authors, seqs }) => ({
    authors: authors.map((id): PersonRef => ({ id, name: people[id] ?? id })),
    ...{ seqs, text },
  }))
}

const spoken = new WeakMap<Summary, SpokenSummary>()

function covers(a: Summary, b: Summary): boolean {
  return a.fromSeq <= b.fromSeq && b.throughSeq <= a.throughSeq
}
