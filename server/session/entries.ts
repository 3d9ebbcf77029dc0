import type { SessionEvent } from '@colloquy/shared/events'
import type { Entry } from './state.ts'

// How events make and change the messages of one lane. The session's state and the pages of older messages
// are both folded here, so a message reads the same from either.

/** The entries after `event`; the same array when the event concerns none of them. */
export function foldEntries(entries: readonly Entry[], event: SessionEvent): readonly Entry[] {
  switch (event.type) {
    case 'turn.claimed':
      return [...entries, ...claimed(event)]
    case 'step.committed':
      return change(entries, answerOf(event.turnId), (entry) => ({
        ...entry,
        cells: [...entry.cells, event.cell],
        ...(event.usage ? { usage: addUsage(entry.usage, event.usage) } : {}),
      }))
    case 'turn.ended':
      return change(entries, answerOf(event.turnId), (entry) => ({
        ...entry,
        status: event.end,
        endedAt: event.at,
        cells: event.cell === undefined ? entry.cells : [...entry.cells, event.cell],
        ...(event.reason ? { reason: event.reason } : {}),
      }))
    case 'entry.retracted':
      return change(
        entries,
        (entry) => entry.id === event.messageId,
        (entry) => ({ ...entry, cells: [], retractedAt: event.at }),
      )
    default:
      return entries
  }
}

function claimed(event: Extract<SessionEvent, { type: 'turn.claimed' }>): [Entry, Entry] {
  const { promptId, turnId, author, at } = event
  const both = { promptId, turnId, author, at }
  return [
    { ...both, id: event.questionId, role: 'user', seq: event.seq, status: 'done', cells: [event.cell] },
    {
      ...both,
      id: event.answerId,
      role: 'assistant',
      seq: event.seq + 1,
      status: 'streaming',
      cells: [],
      model: event.model,
    },
  ]
}

const answerOf = (turnId: string) => (entry: Entry) => entry.turnId === turnId && entry.role === 'assistant'

function change(
  entries: readonly Entry[],
  which: (entry: Entry) => boolean,
  how: (entry: Entry) => Entry,
): readonly Entry[] {
  // The entry that changes is nearly always among the last.
  const index = entries.findLastIndex(which)
  const entry = entries[index]
  return entry ? entries.with(index, how(entry)) : entries
}

type Usage = NonNullable<Entry['usage']>

function addUsage(sum: Usage | undefined, step: Usage): Usage {
  const add = (a?: number, b?: number) =>
    a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)
  const inputTokens = add(sum?.inputTokens, step.inputTokens)
  const outputTokens = add(sum?.outputTokens, step.outputTokens)
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  }
}
