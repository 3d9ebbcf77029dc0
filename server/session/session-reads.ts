import { ColloquyError, type Role } from '@colloquy/shared'
import type {
  ExportAnswer,
  InvitePreviewAnswer,
  MessagesAnswer,
  PromptStateAnswer,
  SessionAnswer,
} from '@colloquy/shared/answers'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../clock.ts'
import type { Journal } from '../journal/journal.ts'
import { checkInvite } from './decide-members.ts'
import { boardDocName, laneDocName } from './doc-names.ts'
import { findEntry, findPrompt, type History, readAll, readPage } from './history.ts'
import type { Ledger } from './ledger.ts'
import type { Entry, State } from './state.ts'
import { storeFailed } from './store-failed.ts'

/** What members read of a session. Every answer waits until what it tells is durable. */
export class SessionReads {
  readonly #ledger: Ledger
  readonly #journal: Journal
  readonly #clock: Clock
  #reading: Promise<unknown> = Promise.resolve()

  constructor(ledger: Ledger, { journal, clock }: { journal: Journal; clock: Clock }) {
    this.#ledger = ledger
    this.#journal = journal
    this.#clock = clock
  }

  describe(actor: Principal): Promise<SessionAnswer> {
    const { sessionId } = this.#ledger
    return this.#now(actor, (state, role) => ({
      id: sessionId,
      title: state.title,
      role,
      members: Object.entries(state.members).map(([userId, member]) => ({ userId, ...member })),
      lanes: Object.values(state.lanes).map((lane) => ({
        laneId: lane.laneId,
        audience: lane.audience === 'everyone' ? lane.audience : [...lane.audience],
        doc: laneDocName(sessionId, lane),
        board: boardDocName(sessionId, lane),
      })),
    }))
  }

  async invite(inviteId: string): Promise<InvitePreviewAnswer> {
    const { state, sessionId } = this.#ledger
    const invite = state.invites[inviteId]
    await this.#ledger.settled().catch(storeFailed)
    if (!invite) throw new ColloquyError('NOT_FOUND', 'There is no such invite.')
    checkInvite(state, invite, this.#clock.now())
    const { role, expiresAt, by } = invite
    const members = Object.values(state.members).map((member) => member.name)
    const invitedBy = state.members[by]?.name ?? by
    return { sessionId, title: state.title, role, invitedBy, members, expiresAt }
  }

  async prompt(actor: Principal, promptId: string): Promise<PromptStateAnswer> {
    const known = await this.#now(actor, (state) => promptState(state, promptId))
    return known ?? this.#past(actor, (history) => findPrompt(history, promptId))
  }

  messages(actor: Principal, laneId: string, before?: number): Promise<MessagesAnswer> {
    return this.#past(actor, async (history) => {
      const lane = history.state.lanes[laneId]
      if (!lane) throw new ColloquyError('NOT_FOUND', 'There is no such lane.')
      return readPage(history, lane, before ?? lane.seq + 1)
    })
  }

  export(actor: Principal): Promise<ExportAnswer> {
    return this.#past(actor, (history) => readAll(history, new Set(Object.keys(history.state.lanes))))
  }

  /** A message that has left the state; undefined when it is there, or the person is no member. */
  async older(actor: Principal, messageId: string): Promise<Entry | undefined> {
    if (!this.#role(actor)) return undefined
    const here = Object.values(this.#ledger.state.lanes).some((lane) =>
      lane.entries.some((entry) => entry.id === messageId),
    )
    return here ? undefined : this.#past(actor, (history) => findEntry(history, messageId))
  }

  #role({ userId }: Principal): Role | undefined {
    return this.#ledger.state.members[userId]?.role
  }

  /** Reads for a member, and answers once what was read is durable. */
  async #now<T>(actor: Principal, read: (state: State, role: Role) => T): Promise<T> {
    const role = this.#role(actor)
    const answer = role && { value: read(this.#ledger.state, role) }
    await this.#ledger.settled().catch(storeFailed)
    if (!answer || !this.#role(actor)) throw notAMember()
    return answer.value
  }

  /**
   * Reads the journal for a member: what had happened when they asked. One such read at a time, because each
   * may be long and all share the store.
   */
  async #past<T>(actor: Principal, read: (history: History) => Promise<T>): Promise<T> {
    const journal = this.#journal
    const history = await this.#now(actor, (state) => ({ journal, state, upTo: this.#ledger.position }))
    const answer = this.#reading.then(() => read(history))
    this.#reading = answer.catch(() => undefined)
    const value = await answer.catch(storeFailed)
    // Who was taken out meanwhile gets nothing more.
    if (!this.#role(actor)) throw notAMember()
    return value
  }
}

const notAMember = () => new ColloquyError('NOT_FOUND', 'There is no such session.')

function promptState(state: State, promptId: string): PromptStateAnswer | undefined {
  const waiting = state.prompts[promptId]
  if (waiting) return { promptId, laneId: waiting.laneId, state: waiting.state }
  const turn = Object.values(state.turns).find((each) => each.promptId === promptId)
  if (turn) return { promptId, laneId: turn.laneId, state: 'running' }
  const ended = state.ended.find((each) => each.promptId === promptId)
  return ended ? { promptId, laneId: ended.laneId, state: 'ended', end: ended.end } : undefined
}
