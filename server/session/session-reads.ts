import { type Audience, ColloquyError, type Readers, type Role } from '@colloquy/shared'
import type {
  ExportAnswer,
  InvitePreviewAnswer,
  InvitesAnswer,
  MessagesAnswer,
  PromptStateAnswer,
  SessionAnswer,
} from '@colloquy/shared/answers'
import type { AuditAnswer } from '@colloquy/shared/audit-answer'
import type { ViewAnswer } from '@colloquy/shared/view-answer'
import type { Principal } from '../access/principal.ts'
import type { Rights } from '../access/rights.ts'
import type { Clock } from '../clock.ts'
import type { Journal } from '../journal/journal.ts'
import { readAudit } from './audit.ts'
import { readersAsked } from './decide-audience.ts'
import { checkInvite, openInvites } from './decide-members.ts'
import { need } from './decision.ts'
import { boardDocName, laneDocName } from './doc-names.ts'
import { retractedAt } from './fold-copies.ts'
import type { Copied } from './fork-story.ts'
import { findPrompt, type History, readAll, readPage } from './history.ts'
import { readableLane, readableLanes } from './lane-access.ts'
import type { Ledger } from './ledger.ts'
import { OlderMessages } from './older-messages.ts'
import { type Found, searchLanes, type Wanted } from './search-lanes.ts'
import type { Lane, State } from './state.ts'
import { storeFailed } from './store-failed.ts'
import { viewFor } from './view/view-for.ts'

interface ReadsDeps {
  journal: Journal
  clock: Clock
  rights: Rights
  teamText(): string
}

type Messages = ExportAnswer['messages']

/** What members read of a session. Every answer waits until what it tells is durable. */
export class SessionReads {
  readonly older: OlderMessages
  readonly #ledger: Ledger
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #rights: Rights
  readonly #teamText: () => string
  /** The last read of the journal of each person who waits for one. */
  readonly #reading = new Map<string, Promise<unknown>>()

  constructor(ledger: Ledger, { journal, clock, rights, teamText }: ReadsDeps) {
    this.#ledger = ledger
    this.#journal = journal
    this.#clock = clock
    this.#rights = rights
    this.#teamText = teamText
    this.older = new OlderMessages({
      ...{ ledger, journal, rights },
      role: (actor) => this.#now(actor, (_, role) => role),
      past: (actor, read) => this.#past(actor, read),
    })
  }

  /** True while somebody waits for a read of the journal. */
  get busy(): boolean {
    return this.#reading.size > 0
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

  async readersFor(actor: Principal, asked: Audience): Promise<Readers> {
    const { state, role } = await this.#now(actor, (state, role) => ({ state, role }))
    need(role, 'prompt.submit')
    return readersAsked(state, { principal: actor }, asked, this.#rights)
  }

  async invites(actor: Principal): Promise<InvitesAnswer> {
    const [role, invites] = await this.#now(actor, (state, role) => [
      role,
      openInvites(state, this.#clock.now()),
    ])
    need(role, 'invite.end')
    return { invites }
  }

  /** Who has just left a lane, or is owner no longer, is not told of what they asked for before. */
  audit(actor: Principal, before?: number): Promise<AuditAnswer> {
    return this.#asReader(actor, async () => {
      need(await this.#now(actor, (_, role) => role), 'audit.read')
      const now = this.#clock.now()
      const answer = await this.#past(actor, (history) =>
        readAudit(history, idsOf(this.#lanesOf(actor, history.state)), now, before),
      )
      need(await this.#now(actor, (_, role) => role), 'audit.read')
      return answer
    })
  }

  async prompt(actor: Principal, promptId: string): Promise<PromptStateAnswer> {
    const known = await this.#now(actor, (state) => promptState(state, promptId, this.#lanesOf(actor, state)))
    if (known) return known
    return this.#past(actor, (history) =>
      findPrompt(history, promptId, idsOf(this.#lanesOf(actor, history.state))),
    )
  }

  messages(actor: Principal, laneId: string, before?: number): Promise<MessagesAnswer> {
    return this.#inLane(actor, laneId, (history, lane) =>
      this.#asNow(readPage(history, lane, before ?? lane.seq + 1)),
    )
  }

  export(actor: Principal): Promise<ExportAnswer> {
    return this.#asReader(actor, () =>
      this.#past(actor, (history) =>
        this.#asNow(readAll(history, idsOf(this.#lanesOf(actor, history.state)))),
      ),
    )
  }

  /** What is found may have changed when it is told: `stillTold`. */
  search(actor: Principal, wanted: Wanted): Promise<Found> {
    const { bodies } = this.#ledger
    return this.#past(actor, (history) =>
      searchLanes({ history, lanes: this.#lanesOf(actor, history.state), bodies }, wanted),
    )
  }

  /** Those of what was found that the person reads now, without what has been taken back since. */
  stillTold<T extends { laneId: string; messageId: string }>(actor: Principal, hits: readonly T[]): T[] {
    const { state } = this.#ledger
    const reads = idsOf(this.#lanesOf(actor, state))
    return hits.filter((hit) => reads.has(hit.laneId) && retractedAt(state, hit.messageId) === undefined)
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

  /** The messages of a lane up to `seq`, oldest first, and its turns. */
  copyOf(actor: Principal, laneId: string, seq: number): Promise<Copied> {
    return this.#inLane(actor, laneId, async (history, lane) => {
      const { messages, turns } = await this.#asNow(readAll(history, new Set([lane.laneId])))
      return { messages: messages.filter(({ metadata }) => metadata.seq <= seq), turns }
    })
  }

  /** Whoever took something back while it was read may have been told that it is gone. */
  async #asNow<T extends { messages: Messages }>(reading: Promise<T>): Promise<T> {
    const answer = await reading
    for (;;) {
      const { retracted } = this.#ledger.state
      await this.#ledger.settled()
      if (retracted === this.#ledger.state.retracted)
        return { ...answer, messages: this.withoutTaken(answer.messages) }
    }
  }

  /** Messages that were read before, without the words of those that have been taken back since. */
  withoutTaken(messages: Messages): Messages {
    const { state } = this.#ledger
    return messages.map((message) => {
      const at = retractedAt(state, message.id)
      return at === undefined
        ? message
        : { ...message, parts: [], metadata: { ...message.metadata, retractedAt: at } }
    })
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
   * Reads the journal for a member: what had happened when they asked. One such read of a person at a time, because
   * each may be long and all share the store; nobody waits for those of others.
   */
  async #past<T>(actor: Principal, read: (history: History) => Promise<T>): Promise<T> {
    const journal = this.#journal
    const history = await this.#now(actor, (state) => ({ journal, state, upTo: this.#ledger.position }))
    const value = await this.#inTurn(actor.userId, () => read(history)).catch(storeFailed)
    // Who was taken out meanwhile gets nothing more.
    if (!this.#role(actor)) throw notAMember()
    return value
  }

  #inTurn<T>(userId: string, read: () => Promise<T>): Promise<T> {
    const answer = (this.#reading.get(userId) ?? Promise.resolve()).then(read)
    const done: Promise<void> = answer.then(
      () => this.#wasRead(userId, done),
      () => this.#wasRead(userId, done),
    )
    this.#reading.set(userId, done)
    return answer
  }

  #wasRead(userId: string, read: Promise<unknown>): void {
    if (this.#reading.get(userId) === read) this.#reading.delete(userId)
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
