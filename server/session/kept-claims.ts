import type { SessionEvent } from '@colloquy/shared/events'
import type { NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { Lane, Summary } from './state.ts'
import { readSummary } from './view/summary.ts'

/**
 * What is left of a summary when some of its messages are taken back: what an extract tells of the others, each in its
 * own words. Of what a model wrote nothing is: which lines a message went into is only what the model says.
 */
export function keptClaims(
  { laneId }: Lane,
  { fromSeq, throughSeq, sources, by, cell }: Summary,
  gone: ReadonlySet<string>,
  body: (cell: string) => string,
  at: number,
  newId: NewId,
): NewEvent<SessionEvent>[] {
  if (by !== 'extract') return []
  const { people, claims } = readSummary({ cell }, new Map([[cell, body(cell)]]))
  const kept = claims.filter((claim) => !claim.sources.some((id) => gone.has(id)))
  if (kept.length === 0) return []
  const named = new Set(kept.flatMap(({ authors }) => authors))
  const called = Object.entries(people).filter(([id]) => named.has(id))
  const text = JSON.stringify({ people: Object.fromEntries(called), claims: kept })
  const others = sources.filter((id) => !gone.has(id))
  const event: SessionEvent = {
    ...{ type: 'view.compacted', at, laneId, fromSeq, throughSeq, sources: others, by },
    ...{ cell: newId('c', laneId), length: text.length },
  }
  return [{ event, body: text }]
}
