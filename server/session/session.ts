import {
  type Audience,
  ColloquyError,
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
import { order } from './arbiter.ts'
import { openBoard } from './board-place.ts'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import { boardDocName, laneDocName } from './doc-names.ts'
import { fold } from './fold.ts'
import type { Copied } from './fork-story.ts'
import { readableLane } from './lane-access.ts'
import { Ledger } from './ledger.ts'
import { NOTHING_OLDER, type Older } from './older-messages.ts'
import type { Found, Wanted } from './search-lanes.ts'
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
 * It decides (purely), commits to the ledger, and lets the turns run.
 */
export class Session implements SessionApi {
  readonly sessionId: string
  lastUsed: number
  readonly #deps: SessionDeps
  readonly #ledger: Ledger
  readonly #turns: TurnRunner
  readonly #reads: SessionReads
  readonly #inFlight = new Map<string, { hash: string; answer: Promise<unknown> }>()

  private constructor(ledger: Ledger, turns: TurnRunner, deps: SessionDeps) {
    this.sessionId = ledger.sessionId
    this.#ledger = ledger
    this.#turns = turns
    this.#deps = deps
    this.#reads = new SessionReads(ledger, deps)
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
    return !isBusy(this.state) && this.#inFlight.size === 0 && !this.#reads.busy
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

  async execute<T extends Command['type']>(
    actor: Principal,
    commandId: string,
    command: CommandOf<T>,
  ): Promise<CommandResult[T]> {
    this.lastUsed = this.#deps.clock.now()
    const key = `${actor.userId} ${commandId}`
    // A name comes from the workspace, not from the caller: it may differ when the command is repeated.
    const hash = this.#deps.fingerprint({ ...command, name: undefined })
    const running = this.#inFlight.get(key)
    if (running && running.hash !== hash) throw commandReused()
    const answer = running?.answer ?? this.#once(actor, commandId, hash, command)
    if (!running) {
      this.#inFlight.set(key, { hash, answer })
      const done = () => this.#inFlight.delete(key)
      answer.then(done, done)
    }
    return (await answer) as CommandResult[T]
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

  /** The first time a command arrives, or a repetition after it was recorded. */
  async #once(actor: Principal, commandId: string, hash: string, command: Command): Promise<unknown> {
    const { journal } = this.#deps
    const known = await journal.command(this.sessionId, actor.userId, commandId).catch(storeFailed)
    if (known && known.hash !== hash) throw commandReused()
    if (known) {
      await this.#ledger.settled().catch(storeFailed)
      return known.result
    }
    let older = NOTHING_OLDER
    if ('messageId' in command) {
      // What leaves the state while the journal is read would be in neither.
      do older = await this.#reads.older.of(actor, command)
      while (!this.#reads.older.isAll(older, command))
    }
    const decision = this.#decide(actor, command, older)
    if (decision instanceof ColloquyError) {
      // It tells of what was decided before, which may not be durable yet.
      await this.#ledger.settled().catch(storeFailed)
      throw decision
    }
    // Also one that changes nothing is recorded: whether it did is not for everybody to find out by repeating it.
    const record = { userId: actor.userId, commandId, hash, result: decision.result }
    const durable = this.#commit(decision, record)
    this.#turns.schedule()
    await durable.catch(storeFailed)
    return decision.result
  }

  /** The decision, or the refusal. Committed in the same turn of the event loop: nothing comes between. */
  #decide(actor: Principal, command: Command, { placed: older, bodies }: Older): Decision | ColloquyError {
    const { clock, newId, fingerprint, limits, model, toolbox, rights } = this.#deps
    const { state } = this
    const said = (turnId: string) => this.#turns.said(turnId)
    const body = (cell: string) => this.#ledger.bodies.get(cell) ?? bodies.get(cell) ?? ''
    const parts = { newId, fingerprint, limits, models: model.models, toolbox, rights }
    const context = { ...parts, now: clock.now(), older, said, body }
    try {
      const decision = decide(state, actor, command, context)
      return command.type === 'prompt.submit' || command.type === 'message.regenerate'
        ? withPosition(state, decision)
        : decision
    } catch (error) {
      if (error instanceof ColloquyError) return error
      throw error
    }
  }

  #commit(
    decision: Decision,
    command: { userId: string; commandId: string; hash: string; result: unknown },
  ): Promise<void> {
    const lanes = this.#turns.lanesOfEnds(decision.events)
    const durable = this.#ledger.commit({ events: decision.events, erase: decision.erase, command })
    this.#turns.decided(lanes)
    for (const { event } of decision.events) {
      if (event.type === 'entry.retracted' || event.type === 'entry.shared')
        this.#turns.entriesChanged(event.laneId)
    }
    return durable
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

/** The place of a new prompt in the order that holds once it is in it. */
function withPosition(state: State, decision: Decision): Decision {
  const result = decision.result as CommandResult['prompt.submit']
  const after = decision.events.reduce((now, { event }) => fold(now, event, 0), state)
  const lane = after.lanes[result.laneId]
  const index = lane ? order(after, lane).findIndex((prompt) => prompt.promptId === result.promptId) : 0
  return { ...decision, result: { ...result, position: index + 1 } }
}

const commandReused = () =>
  new ColloquyError('COMMAND_REUSED', 'This commandId was used with another body before.')
