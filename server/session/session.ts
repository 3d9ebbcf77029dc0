import {
  type Audience,
  type Limits,
  MAIN_LANE,
  parseDocName,
  type Readers,
  type Role,
} from '@colloquy/shared'
import type {
  ExportAnswer,
  InvitePreviewAnswer,
  InvitesAnswer,
  MessagesAnswer,
  PromptStateAnswer,
  SessionAnswer,
} from '@colloquy/shared/answers'
import type { AuditAnswer } from '@colloquy/shared/audit-answer'
import type { SessionEvent } from '@colloquy/shared/events'
import type { ViewAnswer } from '@colloquy/shared/view-answer'
import type { Fingerprint } from '../access/fingerprint.ts'
import type { Principal } from '../access/principal.ts'
import type { Rights } from '../access/rights.ts'
import type { Clock, NewId } from '../clock.ts'
import type { Journal, NewEvent } from '../journal/journal.ts'
import type { Log } from '../log.ts'
import type { ModelPort } from '../model/port.ts'
import type { BoardPlace, LaneSource, Rooms } from '../sync/port.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import type { Command, CommandOf, CommandResult, SessionApi } from './api.ts'
import { openBoard } from './board-place.ts'
import { boardDocName, laneDocName } from './doc-names.ts'
import type { Copied } from './fork-story.ts'
import { readableLane } from './lane-access.ts'
import { Ledger } from './ledger.ts'
import type { Found, Wanted } from './search-lanes.ts'
import { SessionCommands } from './session-commands.ts'
import { SessionReads } from './session-reads.ts'
import type { Lane, State } from './state.ts'
import { storeFailed } from './store-failed.ts'
import { isBusy } from './stream-index.ts'
import { TurnRunner } from './turn-runner.ts'

/** What a session may begin with. */
export type Story = readonly NewEvent<SessionEvent>[]

export interface SessionDeps {
  journal: Journal
  rooms: Rooms
  model: ModelPort
  toolbox: Toolbox
  clock: Clock
  rights: Rights
  newId: NewId
  fingerprint: Fingerprint
  /** From 0 to 1; drawn for a lane, as ids are. */
  random(scope: string): number
  limits: Limits
  log: Log
  /** What the workspace's settings tell the model about the team. */
  teamText(): string
}

/**
 * One session in memory, on the process that has claimed it: people's commands in, durable answers out.
 * It holds the ledger, what people do and read there, and the turns that run.
 */
export class Session implements SessionApi {
  readonly sessionId: string
  lastUsed: number
  readonly #deps: SessionDeps
  readonly #ledger: Ledger
  readonly #turns: TurnRunner
  readonly #reads: SessionReads
  readonly #commands: SessionCommands

  private constructor(ledger: Ledger, turns: TurnRunner, deps: SessionDeps) {
    this.sessionId = ledger.sessionId
    this.#ledger = ledger
    this.#turns = turns
    this.#deps = deps
    this.#reads = new SessionReads(ledger, deps)
    this.#commands = new SessionCommands({ ledger, turns, older: this.#reads.older }, deps)
    this.lastUsed = deps.clock.now()
  }

  /**
   * Claims and loads a session; an unknown one loads empty, for `begin`.
   * @param dropped called once when its store failed: it must then be opened again
   * @throws ColloquyError `STORE_UNAVAILABLE`
   */
  static async open(
    sessionId: string,
    deps: SessionDeps,
    dropped: (error: unknown) => void,
  ): Promise<Session> {
    let turns: TurnRunner | undefined
    const failed = (error: unknown) => {
      turns?.stopAll()
      dropped(error)
    }
    const said = (turnId: string) => turns?.said(turnId) ?? ''
    const { journal, rooms, rights, clock } = deps
    const ledger = await Ledger.open(sessionId, {
      journal,
      rooms,
      rights,
      said,
      failed,
      now: () => clock.now(),
    }).catch(storeFailed)
    turns = new TurnRunner(ledger, deps)
    return new Session(ledger, turns, deps)
  }

  get state(): State {
    return this.#ledger.state
  }

  get rights(): number {
    return this.#ledger.rights
  }

  /** True when nothing waits or runs, and nobody is being answered from here. */
  get idle(): boolean {
    return !isBusy(this.state) && !this.#commands.busy && !this.#reads.busy
  }

  /**
   * The session's first events, and those of `story` after them; a prompt that waits there runs once somebody
   * visits, or the server starts again. The same command again finds them there and changes nothing.
   */
  async begin(
    owner: Principal,
    commandId: string,
    given: { title: string; from?: object | undefined },
    story: Story = [],
  ): Promise<void> {
    const { title } = given
    const at = this.#deps.clock.now()
    const { sessionId } = this
    const by = owner.userId
    const events: SessionEvent[] = [
      { type: 'session.created', at, sessionId, workspaceId: 'w_default', title, by },
      { type: 'member.changed', at, userId: by, name: owner.name, role: 'owner', by },
      { type: 'lane.opened', at, laneId: MAIN_LANE, audience: 'everyone', by },
    ]
    const command = { userId: by, commandId, hash: this.#deps.fingerprint(given), result: null }
    const first = events.map((event) => ({ event }))
    await this.#ledger.commit({ events: [...first, ...story], command }).catch(storeFailed)
    this.#turns.entriesChanged(MAIN_LANE)
  }

  /** Goes on with what was running when the session was last in memory, and with what waits. */
  start(): void {
    this.#turns.recover()
  }

  execute<T extends Command['type']>(
    actor: Principal,
    commandId: string,
    command: CommandOf<T>,
  ): Promise<CommandResult[T]> {
    this.lastUsed = this.#deps.clock.now()
    return this.#commands.execute(actor, commandId, command)
  }

  describe(actor: Principal): Promise<SessionAnswer> {
    return this.#used.describe(actor)
  }

  visit(actor: Principal): Promise<SessionAnswer> {
    if (this.role(actor.userId)) this.#turns.schedule()
    return this.describe(actor)
  }

  readersFor(actor: Principal, asked: Audience): Promise<Readers> {
    return this.#used.readersFor(actor, asked)
  }

  invite(inviteId: string): Promise<InvitePreviewAnswer> {
    return this.#used.invite(inviteId)
  }

  invites(actor: Principal): Promise<InvitesAnswer> {
    return this.#used.invites(actor)
  }

  audit(actor: Principal, before?: number): Promise<AuditAnswer> {
    return this.#used.audit(actor, before)
  }

  prompt(actor: Principal, promptId: string): Promise<PromptStateAnswer> {
    return this.#used.prompt(actor, promptId)
  }

  messages(actor: Principal, laneId: string, before?: number): Promise<MessagesAnswer> {
    return this.#used.messages(actor, laneId, before)
  }

  export(actor: Principal): Promise<ExportAnswer> {
    return this.#used.export(actor)
  }

  view(actor: Principal, laneId: string): Promise<ViewAnswer> {
    return this.#used.view(actor, laneId)
  }

  search(actor: Principal, wanted: Wanted): Promise<Found> {
    return this.#used.search(actor, wanted)
  }

  stillTold<T extends { laneId: string; messageId: string }>(actor: Principal, hits: readonly T[]): T[] {
    return this.#used.stillTold(actor, hits)
  }

  /** What a fork of a lane begins with. */
  copyOf(actor: Principal, laneId: string, seq: number): Promise<Copied> {
    return this.#used.copyOf(actor, laneId, seq)
  }

  /** What was read before, without the words that have been taken back since. */
  withoutTaken(messages: ExportAnswer['messages']): ExportAnswer['messages'] {
    return this.#used.withoutTaken(messages)
  }

  /** Somebody's groups have changed: what they no longer receive ends at once, what they now do is told to them. */
  groupsChanged(userId: string): void {
    const member = this.state.members[userId]
    const byGroups = Object.values(this.state.lanes).some(({ through }) => through?.[userId])
    if (!member || !byGroups) return
    this.#ledger.rightsChanged()
    const { rooms } = this.#deps
    rooms.recheck(this.sessionId, userId)
    this.#turns.lapse(userId)
    this.#turns.schedule()
    rooms.ring(this.sessionId, [userId])
  }

  role(userId: string): Role | undefined {
    return this.state.members[userId]?.role
  }

  lane(doc: string, userId: string): LaneSource | null {
    const lane = this.#laneOf(doc, userId)
    const laneDoc =
      lane && laneDocName(this.sessionId, lane) === doc ? this.#ledger.docs.get(lane.laneId) : undefined
    return laneDoc ? { doc: laneDoc.doc, settled: () => this.#ledger.settled() } : null
  }

  board(doc: string, userId: string): BoardPlace | null {
    const lane = this.#laneOf(doc, userId)
    if (!lane || boardDocName(this.sessionId, lane) !== doc) return null
    return openBoard(this.#ledger, lane, this.#deps)
  }

  /** Ends the model calls; turns that run go on when the session is next opened. Gives the stream back. */
  async close(): Promise<void> {
    this.#turns.stopAll()
    await this.#ledger.settled().catch(() => undefined)
    await this.#ledger.snapshot(true).catch(() => undefined)
    await this.#ledger.release().catch(() => undefined)
  }

  /** Starts nothing new; resolves when what runs has come to the end of its step or call. */
  drain(): Promise<void> {
    return this.#turns.drain()
  }

  get #used(): SessionReads {
    this.lastUsed = this.#deps.clock.now()
    return this.#reads
  }

  #laneOf(doc: string, userId: string): Lane | undefined {
    const name = parseDocName(doc)
    if (name?.sessionId !== this.sessionId) return undefined
    return readableLane(this.state, name.laneId, userId, this.#deps.rights)
  }
}
