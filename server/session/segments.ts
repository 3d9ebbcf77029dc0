import type { Limits } from '@colloquy/shared'
import type { SessionEventOf } from '@colloquy/shared/events'
import { segment } from './lane-content.ts'
import type { LaneDoc } from './lane-doc.ts'
import type { Entry, Lane } from './state.ts'

/** Part of `segmentBytes` at which a doc rolls: the next turn must still fit. */
const FULL = 0.6
/** Part of `segmentBytes` that the messages carried over may have. */
const CARRY = 0.1

type LaneRolled = SessionEventOf<'lane.rolled'>

/** The roll that is due when a turn has ended, or null. */
export function nextSegment(lane: Lane, doc: LaneDoc, limits: Limits, at: number): LaneRolled | null {
  const entries = segment(lane)
  const full = entries.length >= limits.segmentMessages || doc.exceeds(limits.segmentBytes * FULL)
  if (!full || entries.length <= 2) return null
  // A parked turn still writes its answer: the segment begins no later than its question.
  const parked = entries.find(({ turnId }) => lane.parked.includes(turnId))?.seq ?? Infinity
  const firstSeq = Math.min(carryFrom(entries, doc, limits), parked)
  return firstSeq > lane.firstSeq ? rolledLane({ ...lane, firstSeq }, 'full', at) : null
}

/** The start of the lane doc's next incarnation, with the messages from `lane.firstSeq` on. */
export function rolledLane(lane: Lane, why: LaneRolled['why'], at: number): LaneRolled {
  const { laneId, firstSeq } = lane
  const incarnation = nextIncarnation(lane.incarnation, why, at)
  return { type: 'lane.rolled', at, laneId, doc: 'lane', incarnation, firstSeq, why }
}

/** The start of the board's next incarnation. */
export function rolledBoard(lane: Lane, why: LaneRolled['why'], at: number): LaneRolled {
  const { laneId, firstSeq } = lane
  return {
    type: 'lane.rolled',
    at,
    laneId,
    doc: 'board',
    incarnation: nextIncarnation(lane.board, why, at),
    firstSeq,
    why,
  }
}

/**
 * What was lost may have used the numbers that follow, and a client may hold other content under them: after a
 * restore the time is the number, which nothing before it can have reached.
 */
function nextIncarnation(incarnation: number, why: LaneRolled['why'], at: number): number {
  return why === 'restored' ? Math.max(incarnation + 1, at) : incarnation + 1
}

/** `seq` of the first message that goes over: no answer goes without its question, and the last turn always does. */
function carryFrom(entries: readonly Entry[], doc: LaneDoc, limits: Limits): number {
  const mayBegin = (at: number) => !answers(entries[at], entries[at - 1])
  let room = limits.segmentBytes * CARRY
  let from = entries.length
  for (let at = from - 1; at >= 0 && entries.length - at <= limits.segmentCarry; at--) {
    room -= doc.textLength(at)
    if (room < 0 && from < entries.length) break
    if (mayBegin(at)) from = at
  }
  return entries[from]?.seq ?? 1
}

function answers(entry: Entry | undefined, before: Entry | undefined): boolean {
  return entry?.role === 'assistant' && before?.turnId === entry.turnId
}
