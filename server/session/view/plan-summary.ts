import type { PersonRef } from '@colloquy/shared'
import type { Bodies } from '../lane-content.ts'
import type { Entry, Lane, State, Summary } from '../state.ts'
import { DUE_MESSAGES, DUE_PART, MERGED_SUMMARIES, roomFor, VIEW_BUDGET, type ViewBudget } from './budget.ts'
import { budgetOf } from './lanes.ts'
import { costCounter, isWhole } from './section.ts'
import { type Spoken, speak } from './speak.ts'
import { coveredBy, readSummary, standing } from './summary.ts'

/** What is to be summed up: a stretch of one lane, all of it ended. */
export interface SummaryPlan {
  laneId: string
  readers: Lane['audience']
  fromSeq: number
  throughSeq: number
  /** Ids of the messages that it is made from, also through the summaries that it takes in. */
  sources: readonly string[]
  /** The summaries whose place it takes: their texts are to be erased. */
  replaces: readonly Summary[]
  items: readonly PlanItem[]
}

/** A message, or what an earlier summary tells of some. */
export interface PlanItem {
  /** Nobody: the assistant's own words. */
  authors: readonly PersonRef[]
  sources: readonly string[]
  seqs: readonly number[]
  text: string
}

/**
 * The stretch of a lane that is to be summed up next, or null. It depends on what this lane holds and on fixed
 * thresholds. It is due long before messages leave the state, and ends before the first turn that has not ended.
 */
export function dueSummary(
  state: State,
  laneId: string,
  bodies: Bodies,
  budget: ViewBudget = VIEW_BUDGET,
): SummaryPlan | null {
  const lane = state.lanes[laneId]
  if (!lane) return null
  const summaries = standing(lane)
  const open = lane.entries.filter((entry) => !coveredBy(summaries, entry.seq))
  const [first] = open
  if (!first) return null
  const room = roomFor(budgetOf(lane, budget)).messages
  const lastThrough = summaries.at(-1)?.throughSeq ?? 0
  // One of the sources of an older summary was taken back, and what is left of them stands before newer summaries.
  const hole = first.seq < lastThrough
  if (!hole && open.length < DUE_MESSAGES && costOf(open, lane, bodies) < room * DUE_PART) return null
  const throughSeq = Math.max(lastEnded(lane, newestFrom(open, lane, bodies, room) - 1), lastThrough)
  const merges = summaries.length >= MERGED_SUMMARIES
  const fromSeq = merges ? Math.min(first.seq, summaries[0]?.fromSeq ?? first.seq) : first.seq
  if (throughSeq < first.seq) return null
  return planOf(lane, summaries, bodies, fromSeq, throughSeq)
}

function planOf(
  lane: Lane,
  summaries: readonly Summary[],
  bodies: Bodies,
  fromSeq: number,
  throughSeq: number,
): SummaryPlan {
  const isIn = (seq: number) => fromSeq <= seq && seq <= throughSeq
  const replaces = summaries.filter((summary) => isIn(summary.fromSeq) && isIn(summary.throughSeq))
  const said = lane.entries
    .filter((entry) => isIn(entry.seq) && isWhole(entry) && !coveredBy(summaries, entry.seq))
    .map((entry) => speak(entry, lane.audience, bodies))
  const items = [...replaces.flatMap((summary) => itemsOf(summary, bodies)), ...said.flatMap(itemOf)]
  const sources = [
    ...replaces.flatMap((summary) => summary.sources),
    ...said.map((spoken) => spoken.entry.id),
  ]
  return {
    ...{ laneId: lane.laneId, readers: lane.audience, fromSeq, throughSeq, replaces },
    sources: [...new Set(sources)],
    items: items.sort((a, b) => (a.seqs[0] ?? 0) - (b.seqs[0] ?? 0)),
  }
}

/** `seq` of the first message that stays as it was said: the newest question, or one in half of what makes it due. */
function newestFrom(open: readonly Entry[], lane: Lane, bodies: Bodies, room: number): number {
  const cost = costCounter()
  let tokens = 0
  let from: number | undefined
  for (const [back, entry] of open.toReversed().entries()) {
    if (isWhole(entry)) tokens += cost(speak(entry, lane.audience, bodies))
    const isFull = back >= DUE_MESSAGES / 2 || tokens > (room * DUE_PART) / 2
    if (isFull && from !== undefined) break
    if (entry.role === 'user') from = entry.seq
  }
  return from ?? open[0]?.seq ?? 1
}

/** The last message up to `through` before which every turn has ended. */
function lastEnded(lane: Lane, through: number): number {
  const running = lane.entries.find(({ status }) => status === 'streaming')
  const begun = running && lane.entries.find(({ turnId, shared }) => turnId === running.turnId && !shared)
  return begun ? Math.min(through, begun.seq - 1) : through
}

function costOf(entries: readonly Entry[], lane: Lane, bodies: Bodies): number {
  const cost = costCounter()
  return entries.filter(isWhole).reduce((sum, entry) => sum + cost(speak(entry, lane.audience, bodies)), 0)
}

function itemsOf(summary: Summary, bodies: Bodies): PlanItem[] {
  const { people, claims } = readSummary(summary, bodies)
  return claims.map(({ authors, ...claim }) => ({
    ...claim,
    authors: authors.map((id) => ({ id, name: people[id] ?? id })),
  }))
}

/** What a person said, or what an answer said last. */
function itemOf({ entry, messages }: Spoken): PlanItem[] {
  const said = messages.findLast((message) => 'text' in message && message.text.trim() !== '')
  if (!said || !('text' in said)) return []
  const authors = entry.role === 'user' ? [entry.author] : []
  return [{ authors, sources: [entry.id], seqs: [entry.seq], text: said.text }]
}
