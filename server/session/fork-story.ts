import { MAIN_LANE, type Message, type PersonRef } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'

/**
 * What a fork begins with: the words of each message that has come to its end, as copies that say from whom, shared by
 * whoever forked.
 */
export function forkStory(
  messages: readonly Message[],
  by: PersonRef,
  now: number,
  newId: NewId,
): NewEvent<SessionEvent>[] {
  const said = messages.flatMap((message) => {
    const text = textOf(message)
    const { status, retractedAt } = message.metadata
    return status === 'done' && retractedAt === undefined && text !== '' ? [{ message, text }] : []
  })
  return said.map(({ message: { id, role, metadata }, text }, index) => {
    const { promptId, turnId, author, at: saidAt } = metadata
    const event: SessionEvent = {
      ...{ type: 'entry.shared', at: now, messageId: newId('m'), laneId: MAIN_LANE, seq: index + 1 },
      ...{ by, sourceId: id, role, promptId, turnId, author, saidAt, cell: newId('c'), length: text.length },
    }
    return { event, body: text }
  })
}

/** A long text lies in several parts that follow one another; each step's text stands for itself. */
function textOf({ parts }: Message): string {
  return parts
    .flatMap((part) => (part.type === 'text' ? [part.continues ? part.text : `\n\n${part.text}`] : []))
    .join('')
    .trim()
}
