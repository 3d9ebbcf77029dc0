import type { Message } from '@colloquy/client'
import { cleanName } from '../parts/names.ts'
import { timeOf } from '../parts/times.ts'

/**
 * Asks what happened since a message. It names the message and none of its words: what somebody else wrote must not
 * become part of what this person asks, which runs with their rights.
 */
export function sinceWords({ role, metadata }: Message, myId: string, now?: number): string {
  const { author, at, shared, seq } = metadata
  const name = author.id === myId ? 'me' : cleanName(author.name)
  const what = shared
    ? `what ${cleanName(shared.by.name)} shared`
    : role === 'user'
      ? `${name}’s question`
      : `the answer to ${name}`
  return (
    `What happened here since ${what} at ${timeOf(shared?.at ?? at, now)} (#${seq})? ` +
    'Tell me what was decided, what is still open, and what concerns me.'
  )
}
