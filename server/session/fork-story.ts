import { type Limits, MAIN_LANE, type PersonRef } from '@colloquy/shared'
import type { ExportAnswer } from '@colloquy/shared/answers'
import type { SessionEvent, SessionEventOf } from '@colloquy/shared/events'
import type { NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'

interface Told extends NewEvent<SessionEvent> {
  event: SessionEventOf<'entry.shared'>
  body: string
}

type Message = ExportAnswer['messages'][number]

/** The messages of a lane, oldest first, and its turns. */
export type Copied = Pick<ExportAnswer, 'messages' | 'turns'>

/**
 * What a fork begins with: the words of each message that has come to its end, as copies that say from whom, shared by
 * whoever forked.
 */
export function forkStory(
  { messages, turns }: Copied,
  by: PersonRef,
  now: number,
  newId: NewId,
  limits: Limits,
): NewEvent<SessionEvent>[] {
  const said = messages.flatMap((message) => {
    const text = textOf(message)
    const { status, retractedAt } = message.metadata
    return status === 'done' && retractedAt === undefined && text !== '' ? [{ message, text }] : []
  })
  const asked = new Map(turns.map(({ turnId, acceptedAt }) => [turnId, acceptedAt]))
  const told = said.map(({ message: { id, role, metadata }, text }, index): Told => {
    const { promptId, turnId, author, at, shared } = metadata
    const askedAt = (shared ? undefined : asked.get(turnId)) ?? at
    const event: Told['event'] = {
      ...{ type: 'entry.shared', at: now, messageId: newId('m'), laneId: MAIN_LANE, seq: index + 1 },
      ...{ by, sourceId: id, role, promptId, turnId, author, askedAt, cell: newId('c') },
      length: text.length,
    }
    return { event, body: text }
  })
  return [...rolledTo(firstShown(told, limits), now), ...told]
}

/** What a doc would not hold either if it had all been said in turn: pages from the beginning. */
function rolledTo(firstSeq: number, at: number): NewEvent<SessionEvent>[] {
  if (firstSeq === 1) return []
  const rolled = { laneId: MAIN_LANE, doc: 'lane', incarnation: 2, firstSeq, why: 'full' } as const
  return [{ event: { type: 'lane.rolled', at, ...rolled } }]
}

/** `seq` of the first message in the lane's doc: where there are too many for one, as if it had just rolled. */
function firstShown(told: readonly Told[], { segmentMessages, segmentBytes, segmentCarry }: Limits): number {
  const all = told.reduce((sum, { body }) => sum + body.length, 0)
  if (told.length <= segmentMessages && all <= segmentBytes / 2) return 1
  let first: Told | undefined
  let length = 0
  for (const each of told.slice(-segmentCarry).reverse()) {
    length += each.body.length
    if (first && length > segmentBytes / 10) break
    if (each.event.role === 'user') first = each
  }
  return first?.event.seq ?? told.length
}

/** A long text lies in several parts that follow one another; each step's text stands for itself. */
function textOf({ parts }: Message): string {
  return parts
    .flatMap((part) => (part.type === 'text' ? [part.continues ? part.text : `\n\n${part.text}`] : []))
    .join('')
    .trim()
}
