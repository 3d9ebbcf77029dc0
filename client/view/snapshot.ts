import type { SessionAnswer } from '@colloquy/shared/answers'
import type { TokenSubject } from '../identity.ts'
import type { OutboxEntry } from '../outbox.ts'
import type { ConnectionState, Me, Member, Message, Person, Snapshot, UnsentPrompt } from '../types.ts'
import type { Lane } from './lane.ts'
import { peopleOf } from './people.ts'

/** Everything that a snapshot is made of. */
export interface SnapshotSources {
  lane: Lane | null
  /** Messages before the lane doc's own. */
  older: readonly Message[]
  /** Awareness states of who is here. */
  states: readonly unknown[]
  subject: TokenSubject | null
  typing: boolean
  described: SessionAnswer | null
  unsent: readonly OutboxEntry[]
  connection: Omit<ConnectionState, 'unsent'>
}

const NONE: readonly never[] = []

/** Makes snapshots in which everything that did not change keeps its identity. */
export class SnapshotBuilder {
  readonly #members = derived(membersOf)
  readonly #outbox = derived(outboxOf)
  readonly #messages = derived(joined)
  readonly #me = derived(meOf)
  readonly #here = derived(hereOf)
  readonly #people = derived(peopleOf)
  readonly #connection = derived(connectionOf)

  build(from: SnapshotSources): Snapshot {
    const { lane, described } = from
    const members = lane?.members ?? (described ? this.#members(described) : NONE)
    const me = this.#me(from.subject, members)
    const here = this.#here(from.connection.state === 'live' ? me : null, from.typing)
    return {
      messages: this.#messages(from.older, lane?.messages ?? NONE),
      queue: lane?.queue ?? NONE,
      turn: lane?.turn ?? null,
      unfinished: lane?.unfinished ?? NONE,
      people: this.#people(from.states, members, here),
      members,
      me,
      title: lane?.title ?? described?.title ?? '',
      outbox: this.#outbox(from.unsent),
      connection: this.#connection(from.connection, from.unsent),
    }
  }
}

function membersOf({ members }: SessionAnswer): readonly Member[] {
  return members.map(({ userId, name, role }) => ({ id: userId, name, role }))
}

function meOf(subject: TokenSubject | null, members: readonly Member[]): Me | null {
  if (!subject) return null
  const member = members.find(({ id }) => id === subject.id)
  return { id: subject.id, name: member?.name ?? subject.name, role: member?.role ?? null }
}

function outboxOf(entries: readonly OutboxEntry[]): readonly UnsentPrompt[] {
  return entries.map(({ commandId, at, body: { text, audience = 'everyone' }, refused }) => ({
    commandId,
    text,
    audience,
    at,
    ...(refused === undefined ? {} : { refused }),
  }))
}

function joined(older: readonly Message[], newer: readonly Message[]): readonly Message[] {
  return older.length === 0 ? newer : [...older, ...newer]
}

function hereOf(me: Me | null, typing: boolean): Person | null {
  return me && { id: me.id, name: me.name, typing }
}

function connectionOf(
  connection: SnapshotSources['connection'],
  entries: readonly OutboxEntry[],
): ConnectionState {
  return { ...connection, unsent: entries.filter(({ refused }) => refused === undefined).length }
}

/** `fn`, computed again only for other arguments. */
function derived<A extends readonly unknown[], T>(fn: (...args: A) => T): (...args: A) => T {
  let last: { args: A; value: T } | null = null
  return (...args) => {
    if (!last?.args.every((arg, i) => Object.is(arg, args[i]))) last = { args, value: fn(...args) }
    return last.value
  }
}
