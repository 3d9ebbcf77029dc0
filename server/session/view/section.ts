import type { Bodies } from '../lane-content.ts'
import type { Entry, Lane, Summary } from '../state.ts'
import { roomFor } from './budget.ts'
import { opens, type Spoken, speak } from './speak.ts'
import { coveredBy, type SpokenSummary, speakSummary, standing } from './summary.ts'

/** What one lane gives to a view. It depends on the lane's own items and its fixed budget, and on nothing else. */
export interface Section {
  lane: Lane
  /** What its older messages came to, oldest first. */
  summaries: readonly SpokenSummary[]
  /** Its messages, oldest first. */
  said: readonly Spoken[]
}

/** Messages of a lane between two places at which its part of a view may begin, whatever they hold. */
const STRETCH = 64
/** Part of the room after which there is another such place. */
const STEP = 1 / 4

const known = new WeakMap<
  readonly Entry[],
  { summaries: readonly Summary[]; budget: number; section: Section }
>()

/** @param entries the lane's, or those of them that were there when a prompt of its own was asked */
export function sectionOf(lane: Lane, entries: readonly Entry[], bodies: Bodies, budget: number): Section {
  const last = known.get(entries)
  // The lane may have changed beside its messages since: what is told of it is told of the lane as it is.
  if (last && last.summaries === lane.summaries && last.budget === budget) return { ...last.section, lane }
  const room = roomFor(budget)
  const covering = standing(lane)
  const said = newest(entriesIn(entries, covering), lane, bodies, room.messages)
  const section = { lane, summaries: summariesIn(covering, lane, bodies, room.summaries), said }
  known.set(entries, { summaries: lane.summaries, budget, section })
  return section
}

/** What may be told at all: no half answer, nothing taken back, and nothing that a summary stands for. */
function entriesIn(entries: readonly Entry[], summaries: readonly Summary[]): Entry[] {
  return entries.filter((entry) => isWhole(entry) && !coveredBy(summaries, entry.seq))
}

export function isWhole({ status, retractedAt }: Entry): boolean {
  return status === 'done' && retractedAt === undefined
}

/**
 * The newest messages for which there is room, from a fixed place on: it stays the same from one prompt to the next
 * until the room is spent, and then goes on by a whole step. At least the newest step is told.
 */
function newest(entries: readonly Entry[], lane: Lane, bodies: Bodies, room: number): Spoken[] {
  const cost = costCounter()
  let all: Spoken[] = []
  let tokens = 0
  let kept = 0
  for (let end = entries.length; end > 0 && tokens <= room; ) {
    const start = stretchStart(entries, end)
    const said = entries.slice(start, end).map((entry) => speak(entry, lane.audience, bodies))
    const places = startingPlaces(said, room * STEP)
    const after = all.length
    all = [...said, ...all]
    for (let at = said.length - 1; at >= 0 && tokens <= room; at--) {
      const spoken = said[at]
      if (spoken) tokens += cost(spoken)
      if (tokens <= room && places.includes(at)) kept = said.length - at + after
    }
    if (kept === 0 && places.length > 0) kept = said.length - (places.at(-1) ?? 0) + after
    end = start
  }
  return kept === 0 ? [] : all.slice(-kept)
}

/** Where the stretch begins that the entry before `end` is in. */
function stretchStart(entries: readonly Entry[], end: number): number {
  const stretch = ({ seq }: Entry) => Math.floor((seq - 1) / STRETCH)
  const last = entries[end - 1]
  let start = end - 1
  for (let before = entries[start - 1]; last && before && stretch(before) === stretch(last); ) {
    start--
    before = entries[start - 1]
  }
  return start
}

/** The indexes in a stretch at which a view may begin. Messages that follow move none of them. */
function startingPlaces(said: readonly Spoken[], step: number): number[] {
  const places: number[] = []
  let tokens = Infinity
  for (const [at, spoken] of said.entries()) {
    if (tokens >= step && opens(spoken)) {
      places.push(at)
      tokens = 0
    }
    tokens += spoken.tokens
  }
  return places
}

/** What each message adds to a section, if words that it has in common with another count once. */
export function costCounter(): (spoken: Spoken) => number {
  const told = new Set<string>()
  return ({ tokens, pieces, messages: [message] }) => {
    if (pieces.length === 0 || message?.role !== 'user') return tokens
    let again = 0
    for (const { text } of pieces) {
      if (told.has(text)) again += text.length
      told.add(text)
    }
    return Math.ceil(tokens * (1 - again / message.text.length))
  }
}

/** All of them, unless they have grown beyond what compaction makes: then the newest. */
function summariesIn(
  summaries: readonly Summary[],
  lane: Lane,
  bodies: Bodies,
  room: number,
): SpokenSummary[] {
  let tokens = 0
  const told: SpokenSummary[] = []
  for (const summary of summaries.toReversed()) {
    const said = speakSummary(summary, lane, bodies)
    tokens += said.tokens
    if (tokens > room) break
    if ('notes' in said.message && said.message.notes.length > 0) told.push(said)
  }
  return told.reverse()
}
