import {
  type LaneMember,
  type LaneMeta,
  type QueueEntry as LaneQueueEntry,
  ROOT,
  type RunningTurn,
  TURN_NOW,
} from '@colloquy/shared/layout'
import { ROLES, type Role } from '@colloquy/shared/roles'
import * as Y from 'yjs'
import type { Audience, InLane, Member, Message, QueueEntry, ShownTurn } from '../types/index.ts'
import { Transcript } from './transcript.ts'

/** A lane doc as plain values, each cached until the doc changes it. */
export class Lane implements InLane {
  readonly laneId: string
  readonly audience: Audience
  readonly #meta: Y.Map<unknown>
  readonly #queue: Y.Map<unknown>
  readonly #turn: Y.Map<unknown>
  readonly #members: Y.Map<unknown>
  readonly #transcript: Transcript
  #sorted: readonly QueueEntry[] | null = null
  #sortedMembers: readonly Member[] | null = null
  #running: { from: RunningTurn; turn: ShownTurn } | null = null
  #revision = 0

  constructor(doc: Y.Doc, { laneId, audience }: InLane, changed: () => void) {
    this.laneId = laneId
    this.audience = audience
    this.#meta = doc.getMap(ROOT.meta)
    this.#queue = doc.getMap(ROOT.queue)
    this.#turn = doc.getMap(ROOT.turn)
    this.#members = doc.getMap(ROOT.members)
    const messages = doc.getArray(ROOT.messages)
    this.#transcript = new Transcript(messages, { laneId, audience })
    messages.observeDeep((events) => {
      this.#transcript.apply(events)
      if (events.some((event) => !(event instanceof Y.YTextEvent))) this.#revision++
      changed()
    })
    const structure = () => {
      this.#sorted = null
      this.#revision++
      changed()
    }
    this.#queue.observe(structure)
    this.#turn.observe(structure)
    this.#meta.observe(structure)
    this.#members.observe(() => {
      this.#sortedMembers = null
      changed()
    })
  }

  /** Grows with every change other than text. */
  get revision(): number {
    return this.#revision
  }

  /** Whether there is anything of the lane here. */
  get known(): boolean {
    return this.#meta.size > 0
  }

  get title(): string | undefined {
    return this.#meta.get('title') as LaneMeta['title'] | undefined
  }

  /** Who is in the session; null where the doc does not tell. */
  get members(): readonly Member[] | null {
    if (this.#members.size === 0) return null
    this.#sortedMembers ??= [...this.#members.entries()]
      .map(([id, member]) => ({ id, ...(member as LaneMember) }))
      .sort(
        (a, b) => rankOf(a.role) - rankOf(b.role) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1),
      )
    return this.#sortedMembers
  }

  get messages(): readonly Message[] {
    return this.#transcript.read()
  }

  get unfinished(): readonly Message[] {
    return this.#transcript.unfinished()
  }

  get queue(): readonly QueueEntry[] {
    this.#sorted ??= [...this.#queue.entries()]
      .map(([promptId, entry]) => ({ ...(entry as LaneQueueEntry), promptId, ...this.#where }))
      .sort((a, b) => a.rank - b.rank || (a.promptId < b.promptId ? -1 : 1))
    return this.#sorted
  }

  get turn(): ShownTurn | null {
    const from = (this.#turn.get(TURN_NOW) as RunningTurn | null | undefined) ?? null
    if (this.#running?.from !== from) this.#running = from && { from, turn: { ...from, ...this.#where } }
    return this.#running?.turn ?? null
  }

  /** Lane `seq` of the oldest message here; of the first to come when there is none yet. */
  get firstSeq(): number {
    const first = this.messages[0]?.metadata.seq
    return first ?? (this.#meta.get('firstSeq') as LaneMeta['firstSeq'] | undefined) ?? 0
  }

  /** Lane `seq` of the newest message; undefined when there is none. */
  get lastSeq(): number | undefined {
    return this.messages.at(-1)?.metadata.seq
  }

  /** True while the prompt waits or runs here. */
  pending(promptId: string): boolean {
    return this.#queue.has(promptId) || this.turn?.promptId === promptId
  }

  /** The newest answer to a prompt; not a copy of one that somebody shared. */
  answer(promptId: string): Message | undefined {
    return this.messages.findLast((message) => answers(message, promptId))
  }

  get #where(): InLane {
    return { laneId: this.laneId, audience: this.audience }
  }
}

export function answers({ role, metadata }: Pick<Message, 'role' | 'metadata'>, promptId: string): boolean {
  return role === 'assistant' && metadata.promptId === promptId && metadata.shared === undefined
}

function rankOf(role: Role): number {
  return ROLES.indexOf(role)
}
