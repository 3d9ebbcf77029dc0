import type { StepUsage } from '@colloquy/shared'
import type { SessionEvent, SessionEventOf } from '@colloquy/shared/events'
import { foldCalls } from './fold-calls.ts'
import type { Entry } from './state.ts'

// How events make and change the messages of one lane. The session's state and the pages of older messages
// are both folded here, so a message reads the same from either.

/** The entries after `event`; the same array when the event concerns none of them. */
export function foldEntries(entries: readonly Entry[], event: SessionEvent): readonly Entry[] {
  const begun = begunEntries(event)
  // Not spread, which takes ten times as long: a fork begins thousands.
  if (begun.length > 0) return entries.concat(begun)
  const change = entryChange(event)
  // The entry that changes is nearly always among the last.
  const index = change ? entries.findLastIndex(change.concerns) : -1
  const entry = entries[index]
  const changed = change && entry ? change.apply(entry) : entry
  return changed && changed !== entry ? entries.with(index, changed) : entries
}

/** The messages that an event begins. */
export function begunEntries(event: SessionEvent): Entry[] {
  if (event.type === 'turn.claimed') return claimedEntries(event)
  return event.type === 'entry.shared' ? [sharedEntry(event)] : []
}

/** The question and the answer, still empty, of a turn that begins. */
function claimedEntries(event: SessionEventOf<'turn.claimed'>): [Entry, Entry] {
  const { promptId, turnId, author, at, acceptedAt: askedAt, model, after, continues } = event
  const both = {
    ...{ promptId, turnId, author, at, askedAt },
    ...(after === undefined ? {} : { after }),
    ...(continues ? { continues: continues.answerId } : {}),
  }
  const { questionId, answerId, seq, cell, again } = event
  const question: Entry = {
    ...{ ...both, id: questionId, role: 'user', seq, status: 'done', cells: [cell], calls: [] },
    ...(again === undefined ? {} : { again }),
  }
  return [
    question,
    {
      ...both,
      id: answerId,
      role: 'assistant',
      seq: seq + 1,
      status: 'streaming',
      cells: [],
      calls: [],
      model,
    },
  ]
}

function sharedEntry(event: SessionEventOf<'entry.shared'>): Entry {
  const { messageId: id, role, seq, after, promptId, turnId, author, askedAt, cell, by, sourceId } = event
  // What was stopped in the middle stays that for others, and out of their views.
  const { status = 'done' } = event
  return {
    ...{ id, role, seq, promptId, turnId, author, at: askedAt, askedAt, status, cells: [cell], calls: [] },
    ...(after === undefined ? {} : { after }),
    shared: { by, at: event.at, messageId: sourceId },
  }
}

/** What an event does to the one entry that it concerns; null when it concerns none. */
export function entryChange(event: SessionEvent) {
  switch (event.type) {
    case 'step.committed':
      return { concerns: answerOf(event.turnId), apply: committed(event) }
    case 'tool.intent':
    case 'tool.approval':
    case 'tool.dispatched':
    case 'tool.settled':
      return {
        concerns: answerOf(event.turnId),
        apply: (entry: Entry): Entry => ({ ...entry, calls: foldCalls(entry.calls, event) }),
      }
    case 'step.failed':
      return event.retryAt === undefined
        ? null
        : { concerns: answerOf(event.turnId), apply: waits(event.reason, event.at, event.retryAt) }
    case 'turn.parked':
      return { concerns: answerOf(event.turnId), apply: waits(event.reason, event.at, event.until) }
    case 'step.started':
    case 'turn.resumed':
      return { concerns: answerOf(event.turnId), apply: goesOn }
    case 'turn.ended':
      return { concerns: answerOf(event.turnId), apply: ended(event) }
    case 'entry.retracted':
      return {
        concerns: (entry: Entry) => entry.id === event.messageId,
        apply: (entry: Entry): Entry => ({ ...entry, cells: [], calls: [], retractedAt: event.at }),
      }
    default:
      return null
  }
}

/** A shared copy bears the turn of its source, and nothing of that turn concerns it. */
const answerOf = (turnId: string) => (entry: Entry) =>
  entry.turnId === turnId && entry.role === 'assistant' && !entry.shared

const committed =
  (event: SessionEventOf<'step.committed'>) =>
  (entry: Entry): Entry => ({
    ...entry,
    cells: [...entry.cells, event.cell],
    ...(event.usage ? { usage: addUsage(entry.usage, event.usage) } : {}),
  })

const waits =
  (reason: string, at: number, until: number) =>
  (entry: Entry): Entry => ({ ...entry, waiting: { reason, at, until } })

/** The same entry when it did not wait. */
function goesOn(entry: Entry): Entry {
  if (!entry.waiting) return entry
  const { waiting: _, ...rest } = entry
  return rest
}

const ended =
  (event: SessionEventOf<'turn.ended'>) =>
  (entry: Entry): Entry => ({
    ...goesOn(entry),
    status: event.end,
    endedAt: event.at,
    cells: event.cell === undefined ? entry.cells : [...entry.cells, event.cell],
    ...(event.reason ? { reason: event.reason } : {}),
  })

function addUsage(sum: StepUsage | undefined, step: StepUsage): StepUsage {
  const add = (a?: number, b?: number) =>
    a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)
  const inputTokens = add(sum?.inputTokens, step.inputTokens)
  const outputTokens = add(sum?.outputTokens, step.outputTokens)
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  }
}
