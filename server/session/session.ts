import { type Limits, MAIN_LANE, parseDocName } from '@colloquy/shared'
import type { SessionAnswer } from '@colloquy/shared/answers'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Fingerprint } from '../access/fingerprint.ts'
import type { Principal } from '../access/principal.ts'
import type { Rights } from '../access/rights.ts'
import type { Clock, NewId } from '../clock.ts'
import { type Journal, JournalError, type NewEvent } from '../journal/journal.ts'
import type { Log } from '../log.ts'
import type { ModelPort } from '../model/port.ts'
import type { BoardPlace, Rooms } from '../sync/port.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import type { Command, CommandOf, CommandResult } from './api.ts'
import { openBoard } from './board-place.ts'
import { boardDocName } from './doc-names.ts'
import type { Ground } from './lease.ts'
import { Ledger } from './ledger.ts'
import type { Boards, ReadLeases } from './peers.ts'
import { SessionCommands } from './session-commands.ts'
import { SessionInMemory } from './session-in-memory.ts'
import type { Lane } from './state.ts'
import { storeFailed } from './store-failed.ts'
import { isBusy } from './stream-index.ts'
import { TurnRunner } from './turn-runner.ts'

/** What a session may begin with. */
export type Story = readonly NewEvent<SessionEvent>[]

/** Commands after which somebody may read or do less. */
const TAKES_BACK: ReadonlySet<Command['type']> = new Set(['member.set', 'member.remove', 'message.retract'])

export interface SessionDeps {
  journal: Journal
  /** Where people at several servers can write on one board. */
  boards?: Boards | undefined
  /** Where other processes serve what this one writes. */
  readLeases?: ReadLeases | undefined
  /** What this process knows of the workspace, where other processes change it: without it nothing is served. */
  workspace?: Ground | undefined
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
export class Session extends SessionInMemory {
  readonly #deps: SessionDeps
  readonly #ledger: Ledger
  readonly #turns: TurnRunner
  readonly #commands: SessionCommands
  /** Boards whose next incarnation is being made. */
  readonly #rolling = new Map<string, Promise<void>>()

  private constructor(ledger: Ledger, turns: TurnRunner, deps: SessionDeps) {
    super(ledger, deps)
    this.#ledger = ledger
    this.#turns = turns
    this.#deps = deps
    this.#commands = new SessionCommands({ ledger, turns, older: this.reads.older }, deps)
  }

  /**
   * Claims and loads a session; an unknown one loads empty, for `begin`.
   * @param dropped called once when its store failed: it must then be opened again
   * @throws ColloquyError `STORE_UNAVAILABLE`; JournalError `OWNED` when another process has it
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
    const { journal, boards, rooms, rights, workspace, clock } = deps
    const ledger = await Ledger.open(sessionId, {
      journal,
      boards,
      rooms,
      rights,
      workspace,
      said,
      failed,
      clock,
    }).catch(notOpened)
    turns = new TurnRunner(ledger, deps)
    return new Session(ledger, turns, deps)
  }

  override get idle(): boolean {
    return !isBusy(this.state) && !this.#commands.busy && !this.reads.busy
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

  override execute<T extends Command['type']>(
    actor: Principal,
    commandId: string,
    command: CommandOf<T>,
  ): Promise<CommandResult[T]> {
    this.lastUsed = this.#deps.clock.now()
    const done = this.#commands.execute(actor, commandId, command)
    return TAKES_BACK.has(command.type) ? this.#confirmed(done) : done
  }

  /** Who may no longer read is served nowhere any more when the command is answered. */
  async #confirmed<T>(done: Promise<T>): Promise<T> {
    const result = await done
    const { sessionId, position } = this
    await this.#deps.readLeases
      ?.confirm(sessionId, { type: 'reached', sessionId, position })
      .catch(storeFailed)
    return result
  }

  /** The position in the journal behind which all that was answered so far shows. */
  get position(): number {
    return this.#ledger.position
  }

  /** Begins a new incarnation of a board, unless that has happened; for processes that follow the session. */
  async rollBoard(doc: string): Promise<void> {
    const laneId = parseDocName(doc)?.laneId
    const lane = laneId === undefined ? undefined : this.state.lanes[laneId]
    if (lane && boardDocName(this.sessionId, lane) === doc) await this.boardOf(lane).roll(null)
  }

  override visit(actor: Principal): Promise<SessionAnswer> {
    if (this.role(actor.userId)) this.#turns.schedule()
    return this.describe(actor)
  }

  /** Ends the model calls; turns that run go on when the session is next opened. Gives the stream back. */
  override async close(): Promise<void> {
    this.#turns.stopAll()
    await this.#ledger.settled().catch(() => undefined)
    await this.#ledger.snapshot(true).catch(() => undefined)
    await this.#ledger.release().catch(() => undefined)
  }

  /** The store may have lost what is in memory here: it must be opened again. */
  abandon(error: unknown): void {
    this.#ledger.abandon(error)
  }

  /** Starts nothing new; resolves when what runs has come to the end of its step or call. */
  drain(): Promise<void> {
    return this.#turns.drain()
  }

  protected override lapsed(userId: string): void {
    this.#turns.lapse(userId)
    this.#turns.schedule()
  }

  protected override boardOf(lane: Lane): BoardPlace {
    return openBoard(this.#ledger, lane, { ...this.#deps, rolling: this.#rolling })
  }
}

/** That another process has it is for `Sessions` to know. */
function notOpened(error: unknown): never {
  if (error instanceof JournalError && error.code === 'OWNED') throw error
  throw storeFailed(error)
}
