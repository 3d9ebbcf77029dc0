import type { SessionAnswer } from '@colloquy/shared/answers'
import type { TokenSubject } from '../identity.ts'
import type { OutboxEntry } from '../outbox.ts'
import type {
  ConnectionState,
  Group,
  Me,
  Member,
  Message,
  Person,
  QueueEntry,
  ShownLane,
  ShownTurn,
  Snapshot,
  UnsentPrompt,
} from '../types/index.ts'
import { derived } from './derived.ts'
import type { Lane } from './lane.ts'
import { peopleOf } from './people.ts'
import { Timeline } from './timeline.ts'

/** What a snapshot shows of a lane. */
export interface LaneSource {
  readonly shown: ShownLane
  readonly lane: Lane | null
  /** Also those from before the doc's own, as far as somebody has looked back. */
  readonly messages: readonly Message[]
  /** Lane `seq` of the first of them, or of the first to come. */
  readonly firstSeq: number
  /** Whether there are older ones. */
  readonly more: boolean
  /** Awareness states of who is here. */
  readonly states: readonly unknown[]
}

/** Everything that a snapshot is made of. */
export interface SnapshotSources {
  main: LaneSource
  narrower: readonly LaneSource[]
  subject: TokenSubject | null
  /** In the main lane. */
  typing: boolean
  described: SessionAnswer | null
  unsent: readonly OutboxEntry[]
  connection: Omit<ConnectionState, 'unsent'>
}

const NONE: readonly never[] = []

/** Makes snapshots in which everything that did not change keeps its identity. */
export class SnapshotBuilder {
  readonly #timeline = new Timeline()
  readonly #members = derived(membersOf)
  readonly #outbox = derived(outboxOf)
  readonly #queue = derived(allOf<QueueEntry>)
  readonly #turns = derived(turnsOf)
  readonly #unfinished = derived(unfinishedOf)
  readonly #lanes = derived((...lanes: readonly ShownLane[]) => lanes)
  readonly #groups = derived(groupsOf)
  readonly #withoutTools = derived((...names: readonly string[]) => names)
  readonly #states = derived(allOf<unknown>)
  readonly #me = derived(meOf)
  readonly #here = derived(hereOf)
  readonly #people = derived(peopleOf)
  readonly #connection = derived(connectionOf)

  build(from: SnapshotSources): Snapshot {
    const { main, narrower, described } = from
    const all = [main, ...narrower]
    const members = main.lane?.members ?? (described ? this.#members(described) : NONE)
    const me = this.#me(from.subject, members)
    const here = this.#here(from.connection.state === 'live' ? me : null, from.typing)
    return {
      messages: this.#messages(main, narrower),
      more: all.some(({ more }) => more),
      queue: this.#queue(...all.map(({ lane }) => lane?.queue ?? NONE)),
      turn: main.lane?.turn ?? null,
      turns: this.#turns(...all.map(({ lane }) => lane?.turn ?? null)),
      unfinished: this.#unfinished(...all.map(({ lane }) => lane?.unfinished ?? NONE)),
      lanes: this.#lanes(...all.map(({ shown }) => shown)),
      // Told anew with every description, and mostly the same.
      groups: this.#groups(JSON.stringify(described?.groups ?? NONE)),
      people: this.#people(this.#states(...all.map(({ states }) => states)), members, here),
      members,
      me,
      withoutTools: this.#withoutTools(...(described?.withoutTools ?? NONE)),
      title: main.lane?.title ?? described?.title ?? '',
      outbox: this.#outbox(from.unsent),
      connection: this.#connection(from.connection, from.unsent),
    }
  }

  #messages(main: LaneSource, narrower: readonly LaneSource[]): readonly Message[] {
    // Until it is known where they belong there is nothing to show of the others.
    const others = main.lane?.known ? narrower.filter(({ messages }) => messages.length > 0) : NONE
    const from = main.more ? main.firstSeq - 1 : 0
    return this.#timeline.merge([main.messages, ...others.map(({ messages }) => messages)], from)
  }
}

function allOf<T>(...lists: readonly (readonly T[])[]): readonly T[] {
  const [first = NONE, ...others] = lists.filter((list) => list.length > 0)
  return others.length === 0 ? first : [first, ...others].flat()
}

function turnsOf(...turns: readonly (ShownTurn | null)[]): readonly ShownTurn[] {
  return turns.filter((turn) => turn !== null)
}

function unfinishedOf(...lists: readonly (readonly Message[])[]): readonly Message[] {
  const all = allOf(...lists)
  return lists.includes(all) ? all : [...all].sort((a, b) => a.metadata.at - b.metadata.at)
}

function groupsOf(json: string): readonly Group[] {
  return JSON.parse(json)
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

function hereOf(me: Me | null, typing: boolean): Person | null {
  return me && { id: me.id, name: me.name, typing }
}

function connectionOf(
  connection: SnapshotSources['connection'],
  entries: readonly OutboxEntry[],
): ConnectionState {
  return { ...connection, unsent: entries.filter(({ refused }) => refused === undefined).length }
}
