import { VIEW_LISTED, type ViewAnswer, type ViewMessage, type ViewWhy } from '@colloquy/shared/view-answer'
import type { Bodies } from '../lane-content.ts'
import type { Entry, Lane, State, Summary } from '../state.ts'
import { VIEW_BUDGET, type ViewBudget } from './budget.ts'
import { systemText, type ViewOptions } from './compile.ts'
import { budgetOf, lanesInto, withRoom } from './lanes.ts'
import { manifestRepeat, savedBy } from './manifest.ts'
import { Repeats } from './repeats.ts'
import { isWhole } from './section.ts'
import { speak } from './speak.ts'
import { coveredBy, readSummary, type SpokenSummary, standing } from './summary.ts'
import { tokensOf } from './tokens.ts'
import { type ToldSection, tellLanes } from './told.ts'

/** Repeats that the answer lists. */
const MOST_REPEATS = 200

/**
 * What the assistant would see for a next prompt in this lane, and what not and why. Computed over the lanes that the
 * caller reads: of others it tells nothing, also where one of them flows in.
 * @param reads whether the caller receives this lane now
 */
export function viewFor(
  state: State,
  laneId: string,
  reads: (laneId: string) => boolean,
  bodies: Bodies,
  { teamText, budget = VIEW_BUDGET }: ViewOptions,
): ViewAnswer {
  const flowing = lanesInto(state, laneId)
  const into = flowing.filter((lane) => reads(lane.laneId))
  const held = withRoom(flowing, budget).filter((lane) => into.includes(lane))
  const told = tellLanes(held, ({ entries }) => entries, bodies, budget, new Repeats())
  const others = Object.values(state.lanes).filter((lane) => reads(lane.laneId) && !into.includes(lane))
  const rows = [
    ...others.flatMap((lane) => lane.entries.map((entry) => row(entry, lane, bodies, 'OTHER_READERS'))),
    ...into.flatMap((lane) => rowsOf(lane, sectionIn(told, lane), bodies)),
  ]
  const repeats = told.flatMap((section) => section.repeats)
  const lanes = told.map((section) => laneCount(section, budget))
  const of = [...others, ...into].reduce((sum, { seq }) => sum + seq, 0)
  const listed = rows.slice(-VIEW_LISTED)
  return {
    laneId,
    messages: { in: lanes.reduce((sum, lane) => sum + lane.in, 0), of },
    tokens: {
      used: lanes.reduce((sum, { tokens }) => sum + tokens, tokensOf(systemText(teamText))),
      budget: lanes.reduce((sum, lane) => sum + lane.budget, 0),
      saved: savedBy(repeats),
    },
    lanes,
    listed,
    unlisted: of - listed.length,
    summaries: told.flatMap(({ lane, summaries }) =>
      summaries.map((spoken) => summaryRow(lane, spoken, bodies)),
    ),
    repeats: repeats.slice(0, MOST_REPEATS).map(manifestRepeat),
  }
}

function laneCount({ lane, said, tokens }: ToldSection, budget: ViewBudget) {
  return { laneId: lane.laneId, in: said.length, of: lane.seq, tokens, budget: budgetOf(lane, budget) }
}

function sectionIn(told: readonly ToldSection[], lane: Lane): ToldSection | undefined {
  return told.find((section) => section.lane === lane)
}

function rowsOf(lane: Lane, section: ToldSection | undefined, bodies: Bodies): ViewMessage[] {
  const summaries = standing(lane)
  const said = new Set(section?.said.map(({ entry }) => entry))
  return lane.entries.map((entry) =>
    row(entry, lane, bodies, said.has(entry) ? null : whyOut(entry, summaries)),
  )
}

function whyOut(entry: Entry, summaries: readonly Summary[]): ViewWhy {
  if (entry.retractedAt !== undefined) return 'RETRACTED'
  if (!isWhole(entry)) return 'NOT_DONE'
  return coveredBy(summaries, entry.seq) ? 'SUMMARISED' : 'BUDGET'
}

function row(entry: Entry, lane: Lane, bodies: Bodies, why: ViewWhy | null): ViewMessage {
  const { id: messageId, seq, role, author } = entry
  return {
    ...{ messageId, laneId: lane.laneId, seq, role, author },
    // What still changes is not kept.
    tokens: isWhole(entry) ? speak(entry, lane.audience, bodies).tokens : 0,
    in: why === null,
    ...(why === null ? {} : { why }),
  }
}

function summaryRow(lane: Lane, { summary, tokens }: SpokenSummary, bodies: Bodies) {
  const { fromSeq, throughSeq, by } = summary
  const claims = readSummary(summary, bodies).claims.map(({ text, authors, sources }) => ({
    ...{ text, authors, sources },
  }))
  return { laneId: lane.laneId, fromSeq, throughSeq, by, tokens, claims }
}
