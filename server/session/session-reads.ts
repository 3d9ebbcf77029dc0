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
import { need, notFound } from './decision.ts'
import { boardDocName, laneDocName } from './doc-names.ts'
import { retractedAt } from './fold-copies.ts'
import type { Copied } from './fork-story.ts'
import { findPrompt, readAll, readPage } from './history.ts'
import { readableLane, readableLanes } from './lane-access.ts'
import { MemberReads } from './member-reads.ts'
import { OlderMessages } from './older-messages.ts'
import { type Found, searchLanes, type Wanted } from './search-lanes.ts'
import type { SessionMemory } from './session-memory.ts'
import type { Lane, State } from './state.ts'
import { storeFailed } from './store-failed.ts'
import { viewFor } from './view/view-for.ts'

export interface ReadsDeps {
  journal: Journal
  clock: Clock
  rights: Rights
  teamText(): string
}

type Messages = ExportAnswer['messages']

/** What members read of a session. Every answer waits until what it tells is durable. */
export class SessionReads {
  readonly older: OlderMessages
  readonly #memory: SessionMemory
  readonly #reads: MemberReads
  readonly #clock: Clock
  readonly #rights: Rights
  readonly #teamText: () => string

  constructor(memory: SessionMemory, { journal, clock, rights, teamText }: ReadsDeps) {
    this.#memory = memory
    this.#reads = new MemberReads({ memory, journal, rights })
    this.#clock = clock
    this.#rights = rights
    this.#teamText = teamText
    this.older = new OlderMessages({
      ...{ memory, journal, rights },
      role: (actor) => this.#reads.now(actor, (_, role) => role),
      past: (actor, read) => this.#reads.past(actor, read),
    })
  }

  /** True while somebody waits for a read of the journal. */
  get busy(): boolean {
    return this.#reads.busy
  }

  describe(actor: Principal): Promise<SessionAnswer> {
    return this.#reads.asReader(actor, () =>
      this.#reads.now(actor, (state, role) => this.#described(actor, state, role)),
    )
  }

  #described(actor: Principal, state: State, role: Role): SessionAnswer {
    const { sessionId } = this.#memory
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
    if (this.#memory.fresh) await this.#memory.fresh().catch(storeFailed)
    const { state, sessionId } = this.#memory
    const invite = state.invites[inviteId]
    await this.#memory.settled().catch(storeFailed)
    if (!invite) throw new ColloquyError('NOT_FOUND', 'There is no such invite.')
    checkInvite(state, invite, this.#clock.now())
    const { role, expiresAt, by } = invite
    const members = Object.values(state.members).map((member) => member.name)
    const invitedBy = state.members[by]?.name ?? by
    return { sessionId, title: state.title, role, invitedBy, members, expiresAt }
  }

  async readersFor(actor: Principal, asked: Audience): Promise<Readers> {
    const { state, role } = await this.#reads.now(actor, (state, role) => ({ state, role }))
    need(role, 'prompt.submit')
    return readersAsked(state, { principal: actor }, asked, this.#rights)
  }

  async invites(actor: Principal): Promise<InvitesAnswer> {
    const [role, invites] = await this.#reads.now(actor, (state, role) => [
      role,
      openInvites(state, this.#clock.now()),
    ])
    need(role, 'invite.end')
    return { invites }
  }

  /** Who has just left a lane, or is owner no longer, is not told of what they asked for before. */
  audit(actor: Principal, before?: number): Promise<AuditAnswer> {
    return this.#reads.asReader(actor, async () => {
      need(await this.#reads.now(actor, (_, role) => role), 'audit.read')
      const now = this.#clock.now()
      const answer = await this.#reads.past(actor, (history) =>
        readAudit(history, this.#reads.laneIdsOf(actor, history.state), now, before),
      )
      need(await this.#reads.now(actor, (_, role) => role), 'audit.read')
      return answer
    })
  }

  async prompt(actor: Principal, promptId: string): Promise<PromptStateAnswer> {
    const known = await this.#reads.now(actor, (state) =>
      promptState(state, promptId, this.#reads.lanesOf(actor, state)),
    )
    if (known) return known
    return this.#reads.past(actor, (history) =>
      findPrompt(history, promptId, this.#reads.laneIdsOf(actor, history.state)),
    )
  }

  messages(actor: Principal, laneId: string, before?: number): Promise<MessagesAnswer> {
    return this.#reads.inLane(actor, laneId, (history, lane) =>
      this.#asNow(readPage(history, lane, before ?? lane.seq + 1)),
    )
  }

  export(actor: Principal): Promise<ExportAnswer> {
    return this.#reads.asReader(actor, () =>
      this.#reads.past(actor, (history) =>
        this.#asNow(readAll(history, this.#reads.laneIdsOf(actor, history.state))),
      ),
    )
  }

  /** What is found may have changed when it is told: `stillTold`. */
  search(actor: Principal, wanted: Wanted): Promise<Found> {
    const { bodies } = this.#memory
    return this.#reads.past(actor, (history) =>
      searchLanes({ history, lanes: this.#reads.lanesOf(actor, history.state), bodies }, wanted),
    )
  }

  /** Those of what was found that the person reads now, without what has been taken back since. */
  stillTold<T extends { laneId: string; messageId: string }>(actor: Principal, hits: readonly T[]): T[] {
    const { state } = this.#memory
    const reads = this.#reads.laneIdsOf(actor, state)
    return hits.filter((hit) => reads.has(hit.laneId) && retractedAt(state, hit.messageId) === undefined)
  }

  async view(actor: Principal, laneId: string): Promise<ViewAnswer> {
    const answer = await this.#reads.asReader(actor, () =>
      this.#reads.now(actor, (state) => this.#viewed(actor, state, laneId)),
    )
    if (!answer) throw notFound('lane')
    return answer
  }

  #viewed({ userId }: Principal, state: State, laneId: string): ViewAnswer | null {
    const reads = (id: string) => readableLane(state, id, userId, this.#rights) !== undefined
    const options = { teamText: this.#teamText() }
    return reads(laneId) ? viewFor(state, laneId, reads, this.#memory.bodies, options) : null
  }

  /** The messages of a lane up to `seq`, oldest first, and its turns. */
  copyOf(actor: Principal, laneId: string, seq: number): Promise<Copied> {
    return this.#reads.inLane(actor, laneId, async (history, lane) => {
      const { messages, turns } = await this.#asNow(readAll(history, new Set([lane.laneId])))
      return { messages: messages.filter(({ metadata }) => metadata.seq <= seq), turns }
    })
  }

  /** Whoever took something back while it was read may have been told that it is gone. */
  async #asNow<T extends { messages: Messages }>(reading: Promise<T>): Promise<T> {
    const answer = await reading
    for (;;) {
      const { retracted } = this.#memory.state
      await this.#memory.settled()
      if (retracted === this.#memory.state.retracted)
        return { ...answer, messages: this.withoutTaken(answer.messages) }
    }
  }

  /** Messages that were read before, without the words of those that have been taken back since. */
  withoutTaken(messages: Messages): Messages {
    const { state } = this.#memory
    return messages.map((message) => {
      const at = retractedAt(state, message.id)
      return at === undefined
        ? message
        : { ...message, parts: [], metadata: { ...message.metadata, retractedAt: at } }
    })
  }
}

/** Where the prompt is as far as this person can see: what went on in a lane they do not read has ended for them. */
function promptState(state: State, promptId: string, lanes: readonly Lane[]): PromptStateAnswer | undefined {
  const read = new Set(lanes.map(({ laneId }) => laneId))
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
