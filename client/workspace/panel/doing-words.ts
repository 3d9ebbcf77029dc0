import type { Message, Person, QueueEntry, ShownTurn } from '@colloquy/client'
import type { PendingCall } from '@colloquy/client/react'

/** What goes on in the session, as far as the reader sees it. */
export interface Going {
  people: readonly Person[]
  turns: readonly Pick<ShownTurn, 'turnId' | 'author'>[]
  unfinished: readonly Pick<Message, 'metadata'>[]
  calls: readonly Pick<PendingCall, 'author'>[]
  queue: readonly Pick<QueueEntry, 'author'>[]
}

/** What somebody is doing, in a few words. */
export function doingWords(userId: string, { people, turns, unfinished, calls, queue }: Going): string {
  const person = people.find(({ id }) => id === userId)
  const theirs = ({ author }: { author: { id: string } }) => author.id === userId
  const waiting = queue.filter(theirs).length
  const then = waiting === 0 ? '' : `, ${waiting} waiting`
  if (calls.some(theirs)) return `an answer waits for approval${then}`
  if (turns.some(theirs)) return `being answered${then}`
  if (unfinished.some(({ metadata }) => theirs(metadata))) return `an answer waits${then}`
  if (waiting > 0) return waiting === 1 ? '1 prompt waits' : `${waiting} prompts wait`
  if (!person) return 'not here now'
  return person.typing ? 'typing' : 'reading along'
}
