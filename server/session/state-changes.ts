import { MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent, TurnEnd } from '@colloquy/shared/events'
import { order } from './arbiter.ts'
import { foldEntries } from './fold-entries.ts'
import { rerank } from './ranks.ts'
import {
  ENDED_KEPT,
  ENTRIES_KEPT,
  type EndedPrompt,
  type Entry,
  type Lane,
  MARK_EVERY,
  OPEN_KEPT,
  type PendingPrompt,
  type State,
  type Turn,
} from './state.ts'

// The small changes that folding an event is made of. Each returns a new state.

export function withLane(state: State, lane: Lane): State {
  return { ...state, lanes: { ...state.lanes, [lane.laneId]: lane } }
}

export function withPrompt(state: State, prompt: PendingPrompt): State {
  return { ...state, prompts: { ...state.prompts, [prompt.promptId]: prompt } }
}

export function withTurn(state: State, turnId: string, change: Partial<Turn>): State {
  const turn = state.turns[turnId]
  return turn ? { ...state, turns: { ...state.turns, [turnId]: { ...turn, ...change } } } : state
}

export function withEntries(state: State, event: SessionEvent): State {
  const laneId =
    'laneId' in event ? event.laneId : 'turnId' in event ? state.turns[event.turnId]?.laneId : undefined
  const lane = laneId === undefined ? undefined : state.lanes[laneId]
  if (!lane) return state
  const entries = foldEntries(lane.entries, event)
  return entries === lane.entries ? state : withLane(state, { ...lane, entries })
}

/**
 * Without the messages that neither its doc nor the newest of a view hold, as far as summaries stand for them. What has
 * not been summed up is kept longer, as much of it as one summary can be made of: more may be said at once in a fork.
 */
export function withoutOld(lane: Lane): Lane {
  const { entries, summaries, firstSeq, seq } = lane
  const isOpen = ({ seq }: Entry) => !summaries.some((each) => each.fromSeq <= seq && seq <= each.throughSeq)
  const open = Math.max(entries.find(isOpen)?.seq ?? Infinity, seq - OPEN_KEPT + 1)
  const from = Math.min(firstSeq, seq - ENTRIES_KEPT + 1, open)
  return (entries[0]?.seq ?? from) < from
    ? { ...lane, entries: entries.filter((each) => each.seq >= from) }
    : lane
}

export function dequeue(state: State, prompt: PendingPrompt): State {
  const { [prompt.promptId]: _, ...prompts } = state.prompts
  const lane = state.lanes[prompt.laneId]
  if (!lane) return { ...state, prompts }
  const rest = (ids: readonly string[]) => ids.filter((id) => id !== prompt.promptId)
  return withOrder(
    withLane({ ...state, prompts }, { ...lane, queue: rest(lane.queue), pinned: rest(lane.pinned) }),
    prompt.laneId,
  )
}

export function withEnd(
  state: State,
  { promptId, laneId, again }: Pick<PendingPrompt, 'promptId' | 'laneId' | 'again'>,
  end: TurnEnd | 'withdrawn',
): State {
  const lane = state.lanes[laneId]
  if (!lane) return state
  const entry: EndedPrompt = { promptId, end, ...(again === undefined ? {} : { again }) }
  return withLane(state, { ...lane, ended: [...lane.ended, entry].slice(-ENDED_KEPT) })
}

/** Somebody has chosen its readers: from now on it counts as theirs, whatever had led there before. */
export function chosen(lane: Lane, by: string): Lane {
  const { narrowed, ...rest } = lane
  return narrowed ? { ...rest, by } : lane
}

/** Where in the journal the messages from `seq` on begin is noted about every hundred messages. */
export function marksWith({ marks }: Lane, seq: number, position: number): Lane['marks'] {
  const last = marks.at(-1)
  return last && seq - last.seq < MARK_EVERY ? marks : [...marks, { seq, position }]
}

/** When a session was last active is told to all its members: only what all of them see counts. */
export function active(state: State, laneId: string, at: number): State {
  return laneId === MAIN_LANE ? { ...state, activeAt: at } : state
}

/** The main lane's `seq` that a message of this lane comes after; the main lane's own need none. */
export function after(state: State, laneId: string): { after?: number } {
  return laneId === MAIN_LANE ? {} : { after: state.lanes[MAIN_LANE]?.seq ?? 0 }
}

export function withOrder(state: State, laneId: string): State {
  const lane = state.lanes[laneId]
  if (!lane) return state
  const known = (id: string) => state.prompts[id]?.rank || undefined
  const changed = rerank(
    order(state, lane).map((prompt) => prompt.promptId),
    known,
  )
  if (changed.size === 0) return state
  const prompts = { ...state.prompts }
  for (const [id, rank] of changed) {
    const prompt = prompts[id]
    if (prompt) prompts[id] = { ...prompt, rank }
  }
  return { ...state, prompts }
}
