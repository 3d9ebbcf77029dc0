import { atLeast, type Role } from '@colloquy/shared'
import type { SessionEvent, SessionEventOf, TurnEnd } from '@colloquy/shared/events'
import { order } from './arbiter.ts'
import { foldEntries } from './fold-entries.ts'
import { rerank } from './ranks.ts'
import {
  ENDED_KEPT,
  ENTRIES_KEPT,
  type EndedPrompt,
  type Lane,
  MARK_EVERY,
  type PendingPrompt,
  type State,
  type Turn,
} from './state.ts'

/**
 * The state after `event`. Pure; an event that refers to something unknown changes nothing.
 * @param position where the event stands in the journal
 */
export function fold(state: State, event: SessionEvent, position: number): State {
  switch (event.type) {
    case 'session.created':
      return {
        ...state,
        sessionId: event.sessionId,
        workspaceId: event.workspaceId,
        title: event.title,
        createdAt: event.at,
        activeAt: event.at,
      }
    case 'member.changed':
      return memberChanged(state, event)
    case 'invite.made': {
      const { role, by, at, uses: usesLeft, expiresAt } = event
      return {
        ...state,
        invites: { ...state.invites, [event.inviteId]: { role, by, at, usesLeft, expiresAt } },
      }
    }
    case 'lane.opened':
      return withLane(state, emptyLane(event))
    case 'lane.rolled':
      return laneRolled(state, event)
    case 'prompt.accepted':
      return promptAccepted(state, event)
    case 'prompt.edited': {
      const prompt = state.prompts[event.promptId]
      return prompt ? withPrompt(state, { ...prompt, cell: event.cell, length: event.length }) : state
    }
    case 'prompt.moved':
      return promptMoved(state, event)
    case 'prompt.withdrawn': {
      const prompt = state.prompts[event.promptId]
      return prompt ? withEnd(dequeue(state, prompt), prompt, 'withdrawn') : state
    }
    case 'turn.claimed':
      return turnClaimed(state, event, position)
    case 'step.started':
      return withTurn(state, event.turnId, { step: event.step, attempt: event.attempt, state: 'streaming' })
    case 'step.committed':
      return withEntries(withTurn(state, event.turnId, { state: 'committed' }), event)
    case 'turn.ended':
      return turnEnded(state, event)
    case 'entry.retracted': {
      const retracted = { ...state.retracted, [event.messageId]: event.at }
      return withEntries({ ...state, retracted }, event)
    }
    // Tools, narrowing, sharing and compaction are written by no path yet; they fold to nothing.
    case 'tool.intent':
    case 'tool.approval':
    case 'tool.dispatched':
    case 'tool.settled':
    case 'turn.narrowed':
    case 'turn.parked':
    case 'entry.shared':
    case 'view.compacted':
      return state
  }
}

function emptyLane(event: SessionEventOf<'lane.opened'>): Lane {
  return {
    laneId: event.laneId,
    audience: event.audience,
    openedAt: event.at,
    incarnation: 1,
    board: 1,
    seq: 0,
    firstSeq: 1,
    queue: [],
    pinned: [],
    served: {},
    running: null,
    entries: [],
    marks: [],
  }
}

function memberChanged(state: State, event: SessionEventOf<'member.changed'>): State {
  const { [event.userId]: was, ...others } = state.members
  const members =
    event.role === null ? others : { ...others, [event.userId]: { name: event.name, role: event.role } }
  const next = { ...state, members, barred: barred(state, event, was?.role) }
  const invite = event.inviteId === undefined ? undefined : state.invites[event.inviteId]
  if (!invite || event.inviteId === undefined) return next
  const invites = { ...state.invites, [event.inviteId]: { ...invite, usesLeft: invite.usesLeft - 1 } }
  return { ...next, invites }
}

/** Set when somebody else takes rights away, lifted when somebody else gives some. */
function barred(
  state: State,
  event: SessionEventOf<'member.changed'>,
  was: Role | undefined,
): State['barred'] {
  if (event.by === event.userId) return state.barred
  const { [event.userId]: _, ...rest } = state.barred
  const lowered = event.role === null || (was !== undefined && !atLeast(event.role, was))
  return lowered ? { ...rest, [event.userId]: event.at } : rest
}

function laneRolled(state: State, event: SessionEventOf<'lane.rolled'>): State {
  const lane = state.lanes[event.laneId]
  if (!lane) return state
  if (event.doc === 'board') return withLane(state, { ...lane, board: event.incarnation })
  const keepFrom = Math.min(event.firstSeq, lane.seq - ENTRIES_KEPT + 1)
  const entries = lane.entries.filter((entry) => entry.seq >= keepFrom)
  return withLane(state, { ...lane, incarnation: event.incarnation, firstSeq: event.firstSeq, entries })
}

function promptAccepted(state: State, event: SessionEventOf<'prompt.accepted'>): State {
  const lane = state.lanes[event.laneId]
  if (!lane) return state
  const { promptId, laneId, cell, length, at } = event
  const author = { id: event.author, name: state.members[event.author]?.name ?? event.author }
  const prompt: PendingPrompt = {
    ...{ promptId, laneId, author, cell, length, at },
    ...{ rank: 0, state: 'waiting' },
    ...(event.model === undefined ? {} : { model: event.model }),
  }
  const queue = [...lane.queue, promptId]
  return withOrder(withLane(withPrompt({ ...state, activeAt: at }, prompt), { ...lane, queue }), laneId)
}

function promptMoved(state: State, event: SessionEventOf<'prompt.moved'>): State {
  const prompt = state.prompts[event.promptId]
  const lane = prompt && state.lanes[prompt.laneId]
  if (!prompt || !lane) return state
  if (event.pinned) return withOrder(withLane(state, { ...lane, pinned: event.pinned }), lane.laneId)
  const queue = lane.queue.filter((id) => id !== event.promptId)
  const at = event.before === null ? -1 : queue.indexOf(event.before)
  queue.splice(at < 0 ? queue.length : at, 0, event.promptId)
  // A person who orders their own prompts gives up the places that a moderator gave them.
  const pinned = lane.pinned.filter((id) => state.prompts[id]?.author.id !== prompt.author.id)
  return withOrder(withLane(state, { ...lane, queue, pinned }), lane.laneId)
}

function turnClaimed(state: State, event: SessionEventOf<'turn.claimed'>, position: number): State {
  const prompt = state.prompts[event.promptId]
  const lane = state.lanes[event.laneId]
  if (!prompt || !lane) return state
  const { turnId, promptId, laneId, author, answerId, questionId, model } = event
  const turn: Turn = {
    ...{ turnId, promptId, laneId, author, answerId, questionId, model },
    ...{ startedAt: event.at, step: 0, attempt: 0, state: 'claimed' },
  }
  const lastMark = lane.marks.at(-1)
  const marks =
    lastMark && event.seq - lastMark.seq < MARK_EVERY
      ? lane.marks
      : [...lane.marks, { seq: event.seq, position }]
  const claimed: State = withLane(
    { ...state, turns: { ...state.turns, [turnId]: turn } },
    {
      ...lane,
      marks,
      seq: event.seq + 1,
      running: turnId,
      served: { ...lane.served, [author.id]: event.seq },
    },
  )
  return withEntries(dequeue(claimed, prompt), event)
}

function turnEnded(state: State, event: SessionEventOf<'turn.ended'>): State {
  const turn = state.turns[event.turnId]
  const lane = turn && state.lanes[turn.laneId]
  if (!turn || !lane) return state
  const ended = withEntries(state, event)
  const { [event.turnId]: _, ...turns } = ended.turns
  const idle = ended.lanes[turn.laneId] ?? lane
  return withEnd(
    withLane({ ...ended, turns, activeAt: event.at }, { ...idle, running: null }),
    turn,
    event.end,
  )
}

function withLane(state: State, lane: Lane): State {
  return { ...state, lanes: { ...state.lanes, [lane.laneId]: lane } }
}

function withPrompt(state: State, prompt: PendingPrompt): State {
  return { ...state, prompts: { ...state.prompts, [prompt.promptId]: prompt } }
}

function withTurn(state: State, turnId: string, change: Partial<Turn>): State {
  const turn = state.turns[turnId]
  return turn ? { ...state, turns: { ...state.turns, [turnId]: { ...turn, ...change } } } : state
}

/** Hands the event to the lane whose message it concerns. */
function withEntries(state: State, event: SessionEvent): State {
  const laneId =
    'laneId' in event ? event.laneId : 'turnId' in event ? state.turns[event.turnId]?.laneId : undefined
  const lane = laneId === undefined ? undefined : state.lanes[laneId]
  if (!lane) return state
  const entries = foldEntries(lane.entries, event)
  return entries === lane.entries ? state : withLane(state, { ...lane, entries })
}

function dequeue(state: State, prompt: PendingPrompt): State {
  const { [prompt.promptId]: _, ...prompts } = state.prompts
  const lane = state.lanes[prompt.laneId]
  if (!lane) return { ...state, prompts }
  const rest = (ids: readonly string[]) => ids.filter((id) => id !== prompt.promptId)
  return withOrder(
    withLane({ ...state, prompts }, { ...lane, queue: rest(lane.queue), pinned: rest(lane.pinned) }),
    prompt.laneId,
  )
}

function withEnd(
  state: State,
  { promptId, laneId }: { promptId: string; laneId: string },
  end: TurnEnd | 'withdrawn',
): State {
  const entry: EndedPrompt = { promptId, laneId, end }
  return { ...state, ended: [...state.ended, entry].slice(-ENDED_KEPT) }
}

/** Ranks the lane's waiting prompts anew. */
function withOrder(state: State, laneId: string): State {
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
