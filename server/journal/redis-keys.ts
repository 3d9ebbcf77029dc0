/**
 * Where things stand in Redis. All that belongs to a stream has the stream's name as its hash tag, and so lies together in
 * a cluster: one script can see to all of it.
 *
 * | key | type | holds |
 * |---|---|---|
 * | `…:stream` | hash | position, owner, snapshot, summary, labels |
 * | `…:events` | stream | `<seq>-0`: the events of an append; never trimmed |
 * | `…:feed` | stream | `<seq>-0`: what an append brought, as other processes read it; trimmed under a snapshot |
 * | `…:cells` | hash | texts, `+` before each; `-` is one that was erased |
 * | `…:docs` | hash | states of docs, and the position that each covers |
 * | `…:board:<doc>` | string | the bytes of a board |
 * | `…:written:<doc>` | stream | what was written on a board lately, by whom; what is saved has the rest |
 * | `…:closed:<doc>` | string | nothing more is written on that board, for a day |
 * | `…:readers` | hash | processes that serve the stream, and until when |
 * | `…:here` | hash | who is connected to the session, by process |
 * | `…:command:<userId>:<commandId>` | string | a recorded command, for 30 days |
 *
 * Beside them: `label:<label>`, `secret`, `ticket:{…}`, `tickets:{…}`, `inbox:<process>`; and the channels `presence:<doc>`
 * and those of the names of streams.
 */
const PREFIX = 'colloquy'

/** The keys that scripts work on, in the order in which they expect them. */
export function streamKeys(stream: string): string[] {
  return ['stream', 'events', 'feed', 'cells', 'docs'].map((part) => keyOf(stream, part))
}

export function keyOf(stream: string, part: string): string {
  return `${PREFIX}:{${stream}}:${part}`
}

export function commandKey(stream: string, userId: string, commandId: string): string {
  return keyOf(stream, `command:${JSON.stringify([userId, commandId])}`)
}

export function boardKey(stream: string, doc: string): string {
  return keyOf(stream, `board:${doc}`)
}

/** A sorted set of streams, by when each was last given the label. */
export function labelKey(label: string): string {
  return `${PREFIX}:label:${label}`
}
