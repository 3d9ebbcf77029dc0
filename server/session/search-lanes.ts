import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { EVERYONE, type Message, type MessagePart } from '@colloquy/shared'
import type { SearchHit } from '@colloquy/shared/answers'
import { folded, hasAll } from '@colloquy/shared/search-words'
import { type Excerpt, excerptOf } from './excerpt.ts'
import { type History, readStretch } from './history.ts'
import { type Bodies, messageContent } from './lane-content.ts'
import type { Lane, State } from './state.ts'

// Looking through what was said in lanes, newest first: what is in memory, and then the journal in stretches. How far
// one search goes is counted in messages that its reader may read: what others have in hidden lanes changes nothing.

/** Messages that are taken from memory at a time. */
const PAGE = 50
/** Characters that are looked at before others have their turn. */
const BREATH = 256 * 1024

/** Where to go on: the lanes in which something is left, each with the `seq` before which it is. */
export type Place = readonly (readonly [laneId: string, before: number])[]

export interface Wanted {
  /** Folded; a message must have all of them. */
  words: readonly string[]
  /** Without it from the newest messages on. */
  from?: Place | undefined
  /** As many are found, or looked at, at most. */
  hits: number
  messages: number
  /** Nobody waits for the answer any more. */
  signal: AbortSignal
}

export interface Found {
  hits: SearchHit[]
  /** How many were looked at. */
  looked: number
  /** null: everything has been looked at. */
  next: Place | null
}

export interface Source {
  history: History
  /** All that the reader reads, or some of them. */
  lanes: readonly Lane[]
  /** The texts that are in memory. */
  bodies: Bodies
}

export async function searchLanes(source: Source, wanted: Wanted): Promise<Found> {
  const { words, from, messages, signal } = wanted
  const before = from && new Map(from)
  const walks = source.lanes.flatMap((lane) => {
    const at = before ? before.get(lane.laneId) : Infinity
    return at === undefined ? [] : [new Walk(source, lane, Math.min(at, lane.seq + 1))]
  })
  const hits: SearchHit[] = []
  let looked = 0
  let breath = 0
  while (hits.length < wanted.hits && looked < messages && !signal.aborted) {
    const walk = await newest(walks)
    const message = walk?.take()
    if (!walk || !message) break
    const text = textOf(message.parts)
    if (hasAll(folded(text), words)) {
      hits.push({ ...toHit(source.history.state, walk.lane, message), ...excerptOf(text, words) })
    }
    looked++
    breath += text.length
    if (breath > BREATH) {
      breath = 0
      await turnOfTheLoop()
    }
  }
  const left = walks.filter((walk) => walk.before > 1)
  const next = left.map(({ lane, before }) => [lane.laneId, before] as const)
  return { hits, looked, next: next.length > 0 ? next : null }
}

function toHit(
  state: State,
  { laneId, audience }: Lane,
  { id, role, metadata }: Message,
): Omit<SearchHit, keyof Excerpt> {
  const isHere = (userId: string) => Object.hasOwn(state.members, userId)
  const named = audience === EVERYONE ? [] : audience.filter(isHere)
  return {
    ...{ sessionId: state.sessionId, title: state.title, messageId: id, laneId, seq: metadata.seq },
    audience: audience === EVERYONE ? audience : [...audience],
    readers: named.map((userId) => ({ id: userId, name: state.members[userId]?.name ?? userId })),
    ...{ role, author: metadata.author, at: metadata.shared?.at ?? metadata.at },
  }
}

/** The walk that comes to the newest message; undefined when all are at their end. */
async function newest(walks: readonly Walk[]): Promise<Walk | undefined> {
  let first: Walk | undefined
  for (const walk of walks) {
    await walk.load()
    if (walk.at !== undefined && walk.at > (first?.at ?? -Infinity)) first = walk
  }
  return first
}

/** One lane, from its newest message to its first. */
class Walk {
  readonly lane: Lane
  readonly #source: Source
  /** Every message from this `seq` on has been looked at. */
  before: number
  #page: Message[] = []

  constructor(source: Source, lane: Lane, before: number) {
    this.#source = source
    this.lane = lane
    this.before = before
  }

  /** When its next message was written, or the copy that it is was made. */
  get at(): number | undefined {
    const next = this.#page.at(-1)?.metadata
    return next && (next.shared?.at ?? next.at)
  }

  async load(): Promise<void> {
    if (this.#page.length > 0 || this.before <= 1) return
    // Whatever it takes, the others of this process have their turn.
    await turnOfTheLoop()
    const { history } = this.#source
    this.#page = this.#inMemory() ?? (await readStretch(history, this.lane, this.before))
    if (this.#page.length === 0) this.before = 1
  }

  take(): Message | undefined {
    const message = this.#page.pop()
    if (message) this.before = message.metadata.seq
    return message
  }

  /** Null where memory does not have it all: texts leave it with the messages of an older segment. */
  #inMemory(): Message[] | null {
    const { bodies } = this.#source
    const page = this.lane.entries.filter(({ seq }) => seq < this.before).slice(-PAGE)
    const isWhole = page.every(({ cells }) => cells.every((cell) => bodies.has(cell)))
    if (page.length === 0 || !isWhole) return null
    return page.map((entry) => messageContent({ ...entry, calls: [] }, bodies))
  }
}

/** What was said: not what was called for it, nor what came back. */
function textOf(parts: readonly MessagePart[]): string {
  let text = ''
  for (const part of parts) {
    if (part.type !== 'text') continue
    text += part.continues || text === '' ? part.text : `\n${part.text}`
  }
  return text
}
