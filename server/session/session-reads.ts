import { ColloquyError, type Role } from '@colloquy/shared'
import type {
  ExportAnswer,
  InvitePreviewAnswer,
  MessagesAnswer,
  PromptStateAnswer,
  SessionAnswer,
} from '@colloquy/shared/answers'
import type { ViewAnswer } from '@colloquy/shared/view-answer'
import type { Principal } from '../access/principal.ts'
import type { Rights } from '../access/rights.ts'
import type { Clock } from '../clock.ts'
import type { Journal } from '../journal/journal.ts'
import { checkInvite } from './decide-members.ts'
import type { PlacedEntry } from './decision.ts'
import { boardDocName, laneDocName } from './doc-names.ts'
import { sameWords } from './fold-copies.ts'
import { findEntries, findPrompt, type History, readAll, readPage } from './history.ts'
import { readableLane, readableLanes } from './lane-access.ts'
import type { Bodies } from './lane-content.ts'
import type { Ledger } from './ledger.ts'
import type { Lane, State } from './state.ts'
import { storeFailed } from './store-failed.ts'
import { viewFor } from './view/view-for.ts'

interface ReadsDeps {
  journal: Journal
  clock: Clock
  rights: Rights
  teamText(): string
}

/** Messages that have left the state, with their texts. */
export interface Older {
  placed: readonly PlacedEntry[]
  bodies: Bodies
}
export const NOTHING_OLDER: Older = { placed: [], bodies: new Map() }

/** What members read of a session. Every answer waits until what it tells is durable. */
export class SessionReads {
  readonly #ledger: Ledger
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #rights: Rights
  readonly #teamText: () => string
  #reading: Promise<unknown> = Promise.resolve()

  constructor(ledger: Ledger, { journal, clock, rights, teamText }: ReadsDeps) {
    this.#ledger = ledger
    this.#journal = journal
    this.#clock = clock
    this.#rights = rights
    this.#teamText = teamText
  }

  describe(actor: Principal): Promise<SessionAnswer> {
    return this.#asReader(actor, () => this.#now(actor, (state, role) => this.#described(actor, state, role)))
  }

  #described(actor: Principal, state: State, role: Role): SessionAnswer {
    const { sessionId } = this.#ledger
    return {
      id: sessionId,
      title: state.title,
      role,
      members: Object.entries(state.members).map(([userId, member]) => ({ userId, ...member })),
      lanes: readableLanes(state, actor.userId, this.#rights).map((lane) => ({
        laneId: lane.laneId,
        audience: lane.audience === 'everyone' ? lane.audience : [...lane.audience],
        doc: laneDocName(sessionId, lane),
        board: boardDocName(sessionId, lane),
      })),
      groups: actor.guest ? [] : this.#groupsHere(state),
      withoutTools: [...state.withoutTools],
    }
  }

  #groupsHere({ members }: State): SessionAnswer['groups'] {
    const groups = new Map<string, string[]>()
    for (const userId of Object.keys(members)) {
      for (const group of this.#rights.groups(userId))
        groups.set(group, [...(groups.get(group) ?? []), userId])
    }
    return [...groups].map(([id, here]) => ({ id, members: here })).sort((a, b) => (a.id < b.id ? -1 : 1))
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
    const known = await this.#now(actor, (state) => promptState(state, promptId, this.#lanesOf(actor, state)))
    if (known) return known
    return this.#past(actor, (history) =>
      findPrompt(history, promptId, idsOf(this.#lanesOf(actor, history.state))),
    )
  }

  messages(actor: Principal, laneId: string, before?: number): Promise<MessagesAnswer> {
    return this.#inLane(actor, laneId, (history, lane) => readPage(history, lane, before ?? lane.seq + 1))
  }

  export(actor: Principal): Promise<ExportAnswer> {
    return this.#asReader(actor, () =>
      this.#past(actor, (history) => readAll(history, idsOf(this.#lanesOf(actor, history.state)))),
    )
  }

  async view(actor: Principal, laneId: string): Promise<ViewAnswer> {
    const answer = await this.#asReader(actor, () =>
      this.#now(actor, (state) => this.#viewed(actor, state, laneId)),
    )
    if (!answer) throw noLane()
    return answer
  }

  #viewed({ userId }: Principal, state: State, laneId: string): ViewAnswer | null {
    const reads = (id: string) => readableLane(state, id, userId, this.#rights) !== undefined
    const options = { teamText: this.#teamText() }
    return reads(laneId) ? viewFor(state, laneId, reads, this.#ledger.bodies, options) : null
  }

  /** The messages of a lane up to `seq`, oldest first. */
  copyOf(actor: Principal, laneId: string, seq: number): Promise<ExportAnswer['messages']> {
    return this.#inLane(actor, laneId, async (history, lane) => {
      const { messages } = await readAll(history, new Set([lane.laneId]))
      return messages.filter(({ metadata }) => metadata.seq <= seq)
    })
  }

  /** What a command about a message needs of what has left the state: it, and all that has the same words. */
  async older(actor: Principal, messageId: string): Promise<Older> {
    if (!this.#role(actor)) return NOTHING_OLDER
    const { state } = this.#ledger
    const here = new Set(Object.values(state.lanes).flatMap(({ entries }) => entries.map(({ id }) => id)))
    const missing = sameWords(state, messageId).filter((id) => !here.has(id))
    return missing.length === 0
      ? NOTHING_OLDER
      : this.#past(actor, (history) => findEntries(history, new Set(missing)))
  }

  /** Whoever lost a lane meanwhile is answered anew, without it. */
  async #asReader<T>(actor: Principal, read: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = this.#lanesOf(actor, this.#ledger.state)
      const value = await read()
      const after = idsOf(this.#lanesOf(actor, this.#ledger.state))
      if (before.every(({ laneId }) => after.has(laneId))) return value
    }
  }

  #lanesOf({ userId }: Principal, state: State): Lane[] {
    return readableLanes(state, userId, this.#rights)
  }

  /** Like `#past`, of one lane, for whoever reads it before and after. */
  async #inLane<T>(
    actor: Principal,
    laneId: string,
    read: (history: History, lane: Lane) => Promise<T>,
  ): Promise<T> {
    const value = await this.#past(actor, async (history) => {
      const lane = readableLane(history.state, laneId, actor.userId, this.#rights)
      return lane ? read(history, lane) : null
    })
    if (value === null || !readableLane(this.#ledger.state, laneId, actor.userId, this.#rights))
      throw noLane()
    return value
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

const noLane = () => new ColloquyError('NOT_FOUND', 'There is no such lane.')
const idsOf = (lanes: readonly Lane[]) => new Set(lanes.map(({ laneId }) => laneId))

/** Where the prompt is as far as this person can see: what went on in a lane they do not read has ended for them. */
function promptState(state: State, promptId: string, lanes: readonly Lane[]): PromptStateAnswer | undefined {
  const read = idsOf(lanes)
  const waiting = state.prompts[promptId]
  if (waiting && read.has(waiting.laneId)) return { promptId, laneId: waiting.laneId, state: waiting.state }
  const turn = Object.values(state.turns).find((each) => each.promptId === promptId)
  if (turn && read.has(turn.laneId)) return { promptId, laneId: turn.laneId, state: 'running' }
  const ends = lanes.flatMap(({ laneId, ended }) =>
    ended.flatMap((each) => (each.promptId === promptId ? [{ laneId, end: each.end }] : [])),
  )
  // One that was narrowed went on in a narrower lane.
  const last = ends.find(({ end }) => end !== 'narrowed') ?? ends.at(-1)
  return last && { promptId, state: 'ended', ...last }
}
