import type { Message } from '@colloquy/client'
import { dayOf } from '../parts/times.ts'

export interface Row {
  message: Message
  newDay: boolean
  /** Its question has words that can be asked again. */
  askable: boolean
  /** Not the question of a turn that goes on here: that is taken back where it was first asked. */
  ownWords: boolean
  /** It goes on in another message that is here. */
  goesOn: boolean
}

/** The messages, each with what follows from the others. */
export function rowsOf(messages: readonly Message[]): Row[] {
  const takenBack = new Set<string>()
  const goingOn = new Set<string>()
  for (const { role, metadata } of messages) {
    if (role === 'user' && metadata.retractedAt !== undefined) takenBack.add(metadata.promptId)
    if (metadata.continues !== undefined) goingOn.add(metadata.continues)
  }
  return messages.map((message, i) => {
    const before = messages[i - 1]
    return {
      message,
      newDay: !before || dayOfMessage(before) !== dayOfMessage(message),
      // A copy's question was somebody else's, in another place.
      askable: message.metadata.shared === undefined && !takenBack.has(message.metadata.promptId),
      ownWords: message.role !== 'user' || message.metadata.continues === undefined,
      goesOn: goingOn.has(message.id),
    }
  })
}

const days = new WeakMap<Message, string>()

/** Asked of every message for every token. */
function dayOfMessage(message: Message): string {
  let day = days.get(message)
  if (day === undefined) {
    // A copy stands where it was shared.
    day = dayOf(message.metadata.shared?.at ?? message.metadata.at)
    days.set(message, day)
  }
  return day
}
