import { atLeast, type Role } from '@colloquy/shared'
import type { SessionEvent, SessionEventOf } from '@colloquy/shared/events'
import { entryRetracted, entryShared, viewCompacted } from './fold-copies.ts'
import {
  stepFailed,
  stepStarted,
  turnClaimed,
  turnEnded,
  turnNarrowed,
  turnParked,
  turnResumed,
} from './fold-turns.ts'
import type { Lane, PendingPrompt, State } from './state.ts'
import {
  active,
  chosen,
  dequeue,
  withEnd,
  withEntries,
  withLane,
  withOrder,
  withoutOld,
  withPrompt,
  withTurn,
} from './state-changes.ts'

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
    case 'session.renamed':
      return { ...state, title: event.title }
    case 'member.changed':
      return memberChanged(state, event)
    case 'invite.made': {
      const { role, by, at, uses: usesLeft, expiresAt } = event
      return {
        ...state,
        invites: { ...state.invites, [event.inviteId]: { role, by, at, usesLeft, expiresAt } },
      }
    }
    case 'invite.ended': {
      const invite = state.invites[event.inviteId]
      if (!invite) return state
      const expiresAt = Math.min(invite.expiresAt, event.at)
      return { ...state, invites: { ...state.invites, [event.inviteId]: { ...invite, expiresAt } } }
    }
    case 'lane.opened':
      return withLane(state, emptyLane(event))
    case 'lane.rolled':
      return laneRolled(state, event)
    case 'prompt.accepted':
      return promptAccepted(state, event)
    case 'prompt.edited':
      return promptEdited(state, event)
    case 'prompt.moved':
      return promptMoved(state, event)
    case 'prompt.withdrawn': {
      const prompt = state.prompts[event.promptId]
      return prompt ? withEnd(dequeue(state, prompt), prompt, 'withdrawn') : state
    }
    case 'turn.claimed':
      return turnClaimed(state, event, position)
    case 'step.started':
      return withEntries(stepStarted(state, event), event)
    case 'step.failed':
      return withEntries(stepFailed(state, event), event)
    case 'step.committed':
      return withEntries(withTurn(state, event.turnId, { state: 'committed' }), event)
    case 'tool.intent':
    case 'tool.approval':
    case 'tool.dispatched':
    case 'tool.settled':
      return withEntries(state, event)
    case 'turn.parked':
      return turnParked(state, event)
    case 'turn.resumed':
      return turnResumed(state, event)
    case 'turn.ended':
      return turnEnded(state, event)
    case 'turn.narrowed':
      return turnNarrowed(state, event)
    case 'entry.shared':
      return entryShared(state, event, position)
    case 'entry.retracted':
      return entryRetracted(state, event)
    case 'view.compacted':
      return viewCompacted(state, event)
    case 'policy.changed':
      return { ...state, withoutTools: event.withoutTools }
    // Kept for the audit alone.
    case 'lane.forked':
      return state
  }
}

function emptyLane(event: SessionEventOf<'lane.opened'>): Lane {
  return {
    laneId: event.laneId,
    audience: event.audience,
    ...(event.through ? { through: event.through } : {}),
    openedAt: event.at,
    by: event.by,
    ...(event.narrowedFrom === undefined ? {} : { narrowed: true as const }),
    incarnation: 1,
    board: 1,
    seq: 0,
    firstSeq: 1,
    queue: [],
    pinned: [],
    serves: 0,
    served: {},
    running: null,
    parked: [],
    into: [],
    entries: [],
    summaries: [],
    ended: [],
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
  const { incarnation, firstSeq } = event
  return withLane(state, withoutOld({ ...lane, incarnation, firstSeq }))
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
    ...(event.again === undefined ? {} : { again: event.again }),
  }
  const queue = [...lane.queue, promptId]
  // Whether there is something to ask again may hang on a secret: it chooses no readers, so that it counts for nothing.
  const place = event.again === undefined ? chosen(lane, event.author) : lane
  return withOrder(withLane(withPrompt(active(state, laneId, at), prompt), { ...place, queue }), laneId)
}

function promptEdited(state: State, event: SessionEventOf<'prompt.edited'>): State {
  const prompt = state.prompts[event.promptId]
  if (!prompt) return state
  // Other words ask something else.
  const { again: _, ...rest } = prompt
  return withPrompt(state, { ...rest, cell: event.cell, length: event.length })
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
