import { may, type Role } from '@colloquy/shared'
import type { Principal } from '../access/principal.ts'
import type { Rights } from '../access/rights.ts'
import type { Journal } from '../journal/journal.ts'
import type { Command } from './api.ts'
import { need, type PlacedEntry } from './decision.ts'
import { sameWords } from './fold-copies.ts'
import { findEntries, type History } from './history.ts'
import { readableLane } from './lane-access.ts'
import type { Bodies } from './lane-content.ts'
import type { SessionMemory } from './session-memory.ts'
import type { Entry, State } from './state.ts'
import { storeFailed } from './store-failed.ts'

/** Messages that have left the state. */
export interface Older {
  /** All that were looked for, found or not. */
  ids: ReadonlySet<string>
  placed: readonly PlacedEntry[]
  /** What the command needs of their texts. */
  bodies: Bodies
}
export const NOTHING_OLDER: Older = { ids: new Set(), placed: [], bodies: new Map() }

type AboutMessage = Extract<Command, { messageId: string }>

interface OlderDeps {
  memory: SessionMemory
  journal: Journal
  rights: Rights
  /** A member's role, once it is durable. @throws ColloquyError `NOT_FOUND` */
  role(actor: Principal): Promise<Role>
  /** Reads the journal for a member. */
  past<T>(actor: Principal, read: (history: History) => Promise<T>): Promise<T>
}

/** What commands about messages need of those that have left the state. */
export class OlderMessages {
  readonly #deps: OlderDeps

  constructor(deps: OlderDeps) {
    this.#deps = deps
  }

  /**
   * The message, and to take it back all that has the same words, to ask it again its question.
   * @throws ColloquyError to whoever may do it to no message, before any is looked for
   */
  async of(actor: Principal, command: AboutMessage): Promise<Older> {
    const { type, messageId } = command
    if (!may(this.#state.members[actor.userId]?.role, type)) need(await this.#deps.role(actor), type)
    const ids = new Set(this.#left(command))
    if (ids.size === 0) return NOTHING_OLDER
    const placed = await this.#deps.past(actor, (history) => findEntries(history, ({ id }) => ids.has(id)))
    const about = placed.filter(({ entry }) => type !== 'message.retract' && entry.id === messageId)
    const asked = type === 'message.regenerate' ? await this.#questionOf(actor, messageId, placed) : []
    return { ids, placed: [...placed, ...asked], bodies: await this.#textsOf(actor, [...about, ...asked]) }
  }

  /** False once something that the command needs has left the state since `older` was read. */
  isAll({ ids }: Older, command: AboutMessage): boolean {
    return this.#left(command).every((id) => ids.has(id))
  }

  get #state(): State {
    return this.#deps.memory.state
  }

  /** Ids of what the command is about and the state does not know, any more or at all. */
  #left({ type, messageId }: AboutMessage): string[] {
    if (type === 'message.regenerate') return hasQuestion(this.#state, messageId) ? [] : [messageId]
    const about = type === 'message.share' ? [messageId] : sameWords(this.#state, messageId)
    const lanes = Object.values(this.#state.lanes)
    const here = new Set(lanes.flatMap(({ entries }) => entries.map(({ id }) => id)))
    return about.filter((id) => !here.has(id))
  }

  /** The question of an answer, where that has left the state with it or before it. */
  async #questionOf(
    actor: Principal,
    messageId: string,
    placed: readonly PlacedEntry[],
  ): Promise<PlacedEntry[]> {
    const here = placedIn(this.#state, messageId) ?? placed.find(({ entry }) => entry.id === messageId)
    if (!here || here.entry.role === 'user' || !this.#reads(actor, here)) return []
    const { laneId, entry: answer } = here
    const isIts = ({ turnId, role }: Entry) => turnId === answer.turnId && role === 'user'
    const found = await this.#deps.past(actor, (history) => findEntries(history, isIts))
    return found.filter((each) => each.laneId === laneId)
  }

  async #textsOf(actor: Principal, placed: readonly PlacedEntry[]): Promise<Bodies> {
    const { journal, memory } = this.#deps
    const cells = placed.filter((each) => this.#reads(actor, each)).flatMap(({ entry }) => entry.cells)
    return cells.length === 0 ? new Map() : journal.bodies(memory.sessionId, cells).catch(storeFailed)
  }

  #reads({ userId }: Principal, { laneId }: PlacedEntry): boolean {
    return readableLane(this.#state, laneId, userId, this.#deps.rights) !== undefined
  }
}

function placedIn({ lanes }: State, messageId: string): PlacedEntry | undefined {
  for (const { laneId, entries } of Object.values(lanes)) {
    const entry = entries.find(({ id }) => id === messageId)
    if (entry) return { laneId, entry }
  }
  return undefined
}

function hasQuestion(state: State, messageId: string): boolean {
  const here = placedIn(state, messageId)
  if (!here) return false
  const { turnId } = here.entry
  const { entries = [] } = state.lanes[here.laneId] ?? {}
  return entries.some((each) => each.turnId === turnId && each.role === 'user')
}
