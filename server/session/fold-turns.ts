import type { SessionEventOf } from '@colloquy/shared/events'
import { copied } from './fold-copies.ts'
import type { Lane, PendingPrompt, State, Turn } from './state.ts'
import {
  active,
  dequeue,
  marksWith,
  withEnd,
  withEntries,
  withLane,
  withOrder,
  withPrompt,
  withTurn,
} from './state-changes.ts'

// What the events of a turn, from its claim to its end, do to the state.

export function turnClaimed(state: State, event: SessionEventOf<'turn.claimed'>, position: number): State {
  const prompt = state.prompts[event.promptId]
  const lane = state.lanes[event.laneId]
  if (!prompt || !lane) return state
  const { turnId, promptId, laneId, author, answerId, questionId, model } = event
  const turn: Turn = {
    ...{ turnId, promptId, laneId, author, answerId, questionId, model },
    ...{ startedAt: event.at, step: 0, attempt: 0, state: 'claimed' },
    question: { cell: event.cell, length: event.length, acceptedAt: event.acceptedAt },
    ...(prompt.continues ? { continues: prompt.continues } : {}),
    ...(prompt.again === undefined ? {} : { again: prompt.again }),
  }
  const marks = marksWith(lane, event.seq, position)
  const claimed: State = withLane(
    { ...state, turns: { ...state.turns, [turnId]: turn } },
    {
      ...lane,
      marks,
      seq: event.seq + 1,
      ...given(lane, turnId, author.id),
    },
  )
  const { continues, again } = prompt
  const source = continues
    ? { of: continues.questionId, shared: false }
    : again === undefined
      ? null
      : { of: again, shared: true }
  const linked = source ? copied(claimed, questionId, source) : claimed
  return withEntries(dequeue(linked, prompt), event)
}

/** The prompt waits again, before all that its author has waiting in the narrower lane. */
export function turnNarrowed(state: State, event: SessionEventOf<'turn.narrowed'>): State {
  const turn = state.turns[event.turnId]
  const lane = state.lanes[event.intoLaneId]
  if (!turn || !lane) return state
  const { promptId, turnId, laneId, author, questionId, answerId, model } = turn
  const { cell, length, acceptedAt: at } = event.question
  const prompt: PendingPrompt = {
    ...{ promptId, laneId: lane.laneId, author, cell, length, at, rank: 0, state: 'waiting', model },
    continues: { turnId, laneId, questionId, answerId, cell: event.cell },
    ...(turn.again === undefined ? {} : { again: turn.again }),
  }
  const own = lane.queue.findIndex((id) => state.prompts[id]?.author.id === author.id)
  const queue = lane.queue.toSpliced(own < 0 ? lane.queue.length : own, 0, promptId)
  const waiting = withLane(withPrompt(state, prompt), { ...lane, queue })
  const from = waiting.lanes[laneId]
  const noted =
    from && !from.into.includes(lane.laneId)
      ? withLane(waiting, { ...from, into: [...from.into, lane.laneId] })
      : waiting
  return withOrder(noted, lane.laneId)
}

export function stepStarted(state: State, { turnId, step, attempt }: SessionEventOf<'step.started'>): State {
  const turn = state.turns[turnId]
  if (!turn) return state
  const { retryAt: _, ...rest } = turn
  return { ...state, turns: { ...state.turns, [turnId]: { ...rest, step, attempt, state: 'streaming' } } }
}

export function stepFailed(state: State, { turnId, retryAt }: SessionEventOf<'step.failed'>): State {
  return retryAt === undefined ? state : withTurn(state, turnId, { state: 'waiting', retryAt })
}

export function turnParked(state: State, event: SessionEventOf<'turn.parked'>): State {
  const { turnId, reason, until } = event
  const lane = laneOfTurn(state, turnId)
  if (!lane || lane.parked.includes(turnId)) return state
  const left = { ...lane, running: lane.running === turnId ? null : lane.running }
  const parked = withTurn(state, turnId, { parked: { reason, until } })
  return withEntries(withLane(parked, { ...left, parked: [...lane.parked, turnId] }), event)
}

export function turnResumed(state: State, event: SessionEventOf<'turn.resumed'>): State {
  const { turnId } = event
  const turn = state.turns[turnId]
  const lane = laneOfTurn(state, turnId)
  if (!turn || !lane) return state
  const { parked: _, ...rest } = turn
  const resumed = { ...state, turns: { ...state.turns, [turnId]: rest } }
  const parked = lane.parked.filter((id) => id !== turnId)
  const running = withLane(resumed, { ...lane, parked, ...given(lane, turnId, turn.author.id) })
  return withEntries(withOrder(running, lane.laneId), event)
}

/** The lane is a turn's now. */
function given(lane: Lane, turnId: string, author: string) {
  const serves = lane.serves + 1
  return { running: turnId, serves, served: { ...lane.served, [author]: serves } }
}

function laneOfTurn(state: State, turnId: string): Lane | undefined {
  const turn = state.turns[turnId]
  return turn && state.lanes[turn.laneId]
}

export function turnEnded(state: State, event: SessionEventOf<'turn.ended'>): State {
  const turn = state.turns[event.turnId]
  const lane = laneOfTurn(state, event.turnId)
  if (!turn || !lane) return state
  const ended = withEntries(state, event)
  const { [event.turnId]: _, ...turns } = ended.turns
  const left = ended.lanes[turn.laneId] ?? lane
  // A turn that ends while it is parked leaves the one that runs in peace.
  const running = left.running === event.turnId ? null : left.running
  const parked = left.parked.filter((id) => id !== event.turnId)
  const idle = withLane(active({ ...ended, turns }, turn.laneId, event.at), { ...left, running, parked })
  return withEnd(idle, turn, event.end)
}
