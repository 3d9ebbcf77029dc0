import {
  LAYOUT_SCHEMA,
  type LaneContent,
  MAIN_LANE,
  type Message,
  type MessageMetadata,
  type MessagePart,
  PART_LENGTH,
  QUEUE_TEXT_BYTES,
  type QueueEntry,
  type RunningTurn,
  type TextPart,
} from '@colloquy/shared'
import { callContent } from './call-content.ts'
import type { Entry, Lane, PendingPrompt, State, Turn } from './state.ts'

// What a lane doc must hold, given the state and the texts: pure, so that "docs equal the fold of the
// events in content" (PROTOCOL R4) is one comparison.

/** The texts of cells; an erased cell has none. */
export type Bodies = ReadonlyMap<string, string>

/** The content of a lane's current segment. Text that is streaming and not committed is not in it. */
export function laneContent(state: State, laneId: string, bodies: Bodies): LaneContent | null {
  const lane = state.lanes[laneId]
  if (!lane) return null
  const waiting = Object.values(state.prompts).filter((prompt) => prompt.laneId === laneId)
  const turn = lane.running === null ? undefined : state.turns[lane.running]
  return {
    meta: metaContent(state, lane),
    messages: segment(lane).map((entry) => messageContent(entry, bodies)),
    queue: Object.fromEntries(waiting.map((prompt) => [prompt.promptId, queueContent(prompt, bodies)])),
    turn: turn ? turnContent(turn) : null,
    members: laneId === MAIN_LANE ? { ...state.members } : {},
  }
}

/** The entries of the lane doc's segment, oldest first. */
export function segment(lane: Lane): readonly Entry[] {
  return lane.entries.filter((entry) => entry.seq >= lane.firstSeq)
}

export function metaContent(state: State, lane: Lane): LaneContent['meta'] {
  return {
    schema: LAYOUT_SCHEMA,
    sessionId: state.sessionId,
    laneId: lane.laneId,
    incarnation: lane.incarnation,
    title: state.title,
    audience: lane.audience,
    firstSeq: lane.firstSeq,
  }
}

export function messageContent(entry: Entry, bodies: Bodies): Message {
  return {
    id: entry.id,
    role: entry.role,
    metadata: metadataContent(entry),
    parts: partsContent(entry, bodies),
  }
}

export function metadataContent(entry: Entry): MessageMetadata {
  const { seq, promptId, turnId, author, at, status } = entry
  return {
    ...{ seq, promptId, turnId, author, at, status },
    ...(entry.after === undefined ? {} : { after: entry.after }),
    ...(entry.continues === undefined ? {} : { continues: entry.continues }),
    ...(entry.again === undefined ? {} : { again: entry.again }),
    ...(entry.shared === undefined ? {} : { shared: entry.shared }),
    ...(entry.waiting === undefined ? {} : { waiting: entry.waiting }),
    ...(entry.endedAt === undefined ? {} : { endedAt: entry.endedAt }),
    ...(entry.reason === undefined ? {} : { reason: entry.reason }),
    ...(entry.model === undefined ? {} : { model: entry.model }),
    ...(entry.usage === undefined ? {} : { usage: entry.usage }),
    ...(entry.retractedAt === undefined ? {} : { retractedAt: entry.retractedAt }),
  }
}

/** For each step what it said, and then what it called. What an unfinished step had said comes last. */
export function partsContent(entry: Entry, bodies: Bodies): MessagePart[] {
  return entry.cells.flatMap((cell, index) => [
    ...splitText(bodies.get(cell) ?? ''),
    ...entry.calls.filter((call) => call.step === index + 1).map((call) => callContent(call, bodies)),
  ])
}

/** Text as parts of at most `PART_LENGTH` UTF-16 units, never cut inside a character. */
export function splitText(text: string): TextPart[] {
  const parts: TextPart[] = []
  for (let at = 0; at < text.length; ) {
    const end = at + fits(text, at, PART_LENGTH)
    parts.push({ type: 'text', text: text.slice(at, end), ...(at > 0 ? { continues: true as const } : {}) })
    at = end
  }
  return parts
}

/** How many units of `text` from `at` on fit into `room` without cutting a surrogate pair. */
export function fits(text: string, at: number, room: number): number {
  const end = Math.min(at + room, text.length)
  const cutsPair = end < text.length && isHighSurrogate(text.charCodeAt(end - 1))
  return end - at - (cutsPair ? 1 : 0)
}

export function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

export function queueContent(prompt: PendingPrompt, bodies: Bodies): QueueEntry {
  const { author, rank, state, at } = prompt
  return { author, text: firstBytes(bodies.get(prompt.cell) ?? '', QUEUE_TEXT_BYTES), rank, state, at }
}

/** The longest head of `text` that has at most `bytes` bytes of UTF-8. */
function firstBytes(text: string, bytes: number): string {
  const room = new Uint8Array(bytes)
  return text.slice(0, new TextEncoder().encodeInto(text, room).read)
}

export function turnContent(turn: Turn): RunningTurn {
  const { turnId, promptId, author, startedAt, step, state } = turn
  return { turnId, promptId, author, startedAt, step, state }
}
