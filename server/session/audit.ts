import type { PersonRef } from '@colloquy/shared'
import type { AuditAnswer, AuditItem } from '@colloquy/shared/audit-answer'
import type { SessionEvent } from '@colloquy/shared/events'
import { eventsOf, type History } from './history.ts'
import type { State } from './state.ts'

// What an owner is told of what was done. Of lanes that they do not read, how many prompts a day had, once it is over:
// how far these came, what they called, or even whether they could still be edited hangs on what was said there.

/** Items of one page. */
const PAGE = 100
const DAY_MS = 86_400_000
/** What could be the name of a tool; anything else a model may have made up. */
const TOOL_NAME = /^[\w.-]{1,64}$/

/**
 * The page of what was done in readable lanes and to the session, before the item with the number `before`. Items are
 * numbered over what this person reads alone: where they stand in the journal would tell of the rest.
 */
export async function readAudit(
  history: History,
  readable: ReadonlySet<string>,
  now: number,
  before = Infinity,
): Promise<AuditAnswer> {
  const teller = new Teller(history.state, readable)
  const perDay = new Map<number, number>()
  const today = Math.floor(now / DAY_MS)
  let page: AuditItem[] = []
  let number = 0
  for await (const event of eventsOf(history)) {
    const day = Math.floor(event.at / DAY_MS)
    if (isElsewhere(event, readable) && day < today) perDay.set(day, (perDay.get(day) ?? 0) + 1)
    const item = teller.tell(event)
    if (!item || ++number >= before) continue
    page.push(item)
    if (page.length >= 2 * PAGE) page = page.slice(-PAGE)
  }
  const items = page.slice(-PAGE).reverse()
  const first = Math.min(before - 1, number) - items.length + 1
  const elsewhere = [...perDay]
    .sort(([a], [b]) => b - a)
    .map(([day, prompts]) => ({ day: new Date(day * DAY_MS).toISOString().slice(0, 10), prompts }))
  return { items, before: items.length > 0 && first > 1 ? first : null, elsewhere }
}

function isElsewhere(event: SessionEvent, readable: ReadonlySet<string>): boolean {
  return event.type === 'prompt.accepted' && !readable.has(event.laneId)
}

interface TurnPlace {
  laneId: string
  promptId: string
  turnId: string
  by: PersonRef
}

/** Tells each event in its turn, to somebody who reads these lanes. */
class Teller {
  readonly #readable: ReadonlySet<string>
  readonly #names: Map<string, string>
  /** The lane that each prompt waits or waited in. */
  readonly #prompts = new Map<string, string>()
  readonly #turns = new Map<string, TurnPlace>()

  constructor({ members }: State, readable: ReadonlySet<string>) {
    this.#readable = readable
    this.#names = new Map(Object.entries(members).map(([userId, { name }]) => [userId, name]))
  }

  /** null: nothing that is told, or not to this person. */
  tell(event: SessionEvent): AuditItem | null {
    this.#follow(event)
    switch (event.type) {
      case 'session.created':
      case 'session.renamed':
        return { type: event.type, ...this.#act(event) }
      case 'member.changed':
      case 'invite.made':
      case 'invite.ended':
      case 'policy.changed':
        return this.#ofSession(event)
      case 'lane.opened':
      case 'lane.forked':
      case 'entry.shared':
      case 'entry.retracted':
        return this.#readable.has(event.laneId) ? this.#inLane(event) : null
      case 'prompt.accepted':
      case 'prompt.edited':
      case 'prompt.moved':
      case 'prompt.withdrawn':
        return this.#ofPrompt(event)
      case 'turn.claimed':
      case 'turn.ended':
      case 'tool.intent':
      case 'tool.approval':
      case 'tool.settled':
        return this.#ofTurn(event)
      default:
        return null
    }
  }

  #follow(event: SessionEvent): void {
    if (event.type === 'member.changed' && !this.#names.has(event.userId))
      this.#names.set(event.userId, event.name)
    if (event.type === 'prompt.accepted') this.#prompts.set(event.promptId, event.laneId)
    if (event.type === 'turn.narrowed') this.#prompts.set(event.promptId, event.intoLaneId)
    if (event.type === 'turn.claimed') {
      const { laneId, promptId, turnId, author: by } = event
      this.#turns.set(turnId, { laneId, promptId, turnId, by })
    }
  }

  #ofSession(
    event: Extract<
      SessionEvent,
      { type: 'member.changed' | 'invite.made' | 'invite.ended' | 'policy.changed' }
    >,
  ): AuditItem {
    const act = this.#act(event)
    switch (event.type) {
      case 'member.changed': {
        const { userId, role, inviteId } = event
        return { type: event.type, ...act, userId, role, ...(inviteId === undefined ? {} : { inviteId }) }
      }
      case 'invite.made': {
        const { inviteId, role, uses, expiresAt } = event
        return { type: event.type, ...act, inviteId, role, uses, expiresAt }
      }
      case 'invite.ended':
        return { type: event.type, ...act, inviteId: event.inviteId }
      case 'policy.changed':
        return { type: event.type, ...act, withoutTools: event.withoutTools }
    }
  }

  #inLane(
    event: Extract<
      SessionEvent,
      { type: 'lane.opened' | 'lane.forked' | 'entry.shared' | 'entry.retracted' }
    >,
  ): AuditItem {
    const { laneId } = event
    switch (event.type) {
      case 'lane.opened':
        return { type: event.type, ...this.#act(event), laneId }
      case 'lane.forked':
        return { type: event.type, ...this.#act(event), laneId, seq: event.seq }
      case 'entry.retracted':
        return { type: event.type, ...this.#act(event), laneId, messageId: event.messageId }
      case 'entry.shared': {
        const { at, by, messageId, sourceId, fromLaneId } = event
        const from = fromLaneId !== undefined && this.#readable.has(fromLaneId) ? { fromLaneId } : {}
        return { type: event.type, at, by, laneId, messageId, sourceId, ...from }
      }
    }
  }

  #ofPrompt(
    event: Extract<
      SessionEvent,
      { type: 'prompt.accepted' | 'prompt.edited' | 'prompt.moved' | 'prompt.withdrawn' }
    >,
  ): AuditItem | null {
    const { promptId, at } = event
    const laneId = this.#prompts.get(promptId)
    if (laneId === undefined || !this.#readable.has(laneId)) return null
    if (event.type === 'prompt.accepted') {
      const again = event.again === undefined ? {} : { again: event.again }
      return { type: event.type, at, by: this.#person(event.author), laneId, promptId, ...again }
    }
    const told = { ...this.#act(event), laneId, promptId }
    if (event.type !== 'prompt.withdrawn') return { type: event.type, ...told }
    return { type: event.type, ...told, ...(event.reason === undefined ? {} : { reason: event.reason }) }
  }

  #ofTurn(
    event: Extract<
      SessionEvent,
      { type: 'turn.claimed' | 'turn.ended' | 'tool.intent' | 'tool.approval' | 'tool.settled' }
    >,
  ): AuditItem | null {
    const turn = this.#turns.get(event.turnId)
    if (!turn || !this.#readable.has(turn.laneId)) return null
    const told = { at: event.at, ...turn }
    switch (event.type) {
      case 'turn.claimed':
        return { type: event.type, ...told }
      case 'turn.ended': {
        const { end, reason } = event
        return { type: event.type, ...told, end, ...(reason === undefined ? {} : { reason }) }
      }
      case 'tool.intent': {
        const { callId, effect, argsHash, approver } = event
        const tool = TOOL_NAME.test(event.tool) ? event.tool : ''
        const needed = approver === undefined ? {} : { approver }
        return { type: event.type, ...told, callId, tool, effect, argsHash, ...needed }
      }
      case 'tool.approval': {
        const { by: _, ...place } = told
        const { callId, decision, by } = event
        return { type: event.type, ...place, ...(by ? { by } : {}), callId, decision }
      }
      case 'tool.settled': {
        const { callId, outcome, reason } = event
        return { type: event.type, ...told, callId, outcome, ...(reason === undefined ? {} : { reason }) }
      }
    }
  }

  #act({ at, by }: { at: number; by: string }): { at: number; by: PersonRef } {
    return { at, by: this.#person(by) }
  }

  #person(id: string): PersonRef {
    return { id, name: this.#names.get(id) ?? id }
  }
}
