import { ColloquyError } from '@colloquy/shared'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../clock.ts'
import type { BoardPlace } from '../sync/port.ts'
import type { Command, CommandOf, CommandResult } from './api.ts'
import { boardDocName } from './doc-names.ts'
import { Mirror } from './mirror.ts'
import type { Executed, Peers, Question } from './peers.ts'
import type { Session, SessionDeps } from './session.ts'
import { SessionInMemory } from './session-in-memory.ts'
import type { Lane } from './state.ts'
import { storeFailed } from './store-failed.ts'
import { storedBoard } from './stored-board.ts'

/** How long a command looks for whoever owns the session, in ms: longer than a lease. */
const PATIENCE_MS = 9_000
const AGAIN_MS = 100

/** What a session that is followed tells the registry. */
export interface FollowHooks {
  /** It is of no use any more, and must be opened again. Called once. */
  broken(error: unknown): void
  /** Nobody owns it any more. */
  ownerless(): void
  /** The session once this process owns it; null while another does. */
  takeOver(): Promise<Session | null>
}

/** A session in memory that another process owns: read here, and acted on there. */
export class FollowedSession extends SessionInMemory {
  readonly #mirror: Mirror
  readonly #peers: Peers
  readonly #deps: SessionDeps
  readonly #hooks: FollowHooks
  #owner: string | null
  #asking = 0

  private constructor(
    mirror: Mirror,
    owner: string | null,
    peers: Peers,
    deps: SessionDeps,
    hooks: FollowHooks,
  ) {
    super(mirror, deps)
    this.#mirror = mirror
    this.#owner = owner
    this.#peers = peers
    this.#deps = deps
    this.#hooks = hooks
  }

  /** @throws ColloquyError `STORE_UNAVAILABLE` */
  static async open(
    sessionId: string,
    peers: Peers,
    deps: SessionDeps,
    hooks: FollowHooks,
  ): Promise<FollowedSession> {
    const { journal, rooms, rights, workspace } = deps
    const { clock, feed, readLeases } = peers
    let opened: FollowedSession | undefined
    const owned = (owner: string | null) => opened?.ownedBy(owner)
    const { broken } = hooks
    const mirror = await Mirror.open(sessionId, {
      ...{ journal, feed, readLeases, rooms, rights, workspace, clock, broken, owned },
    }).catch(storeFailed)
    const { owner } = await feed.head(sessionId).catch((error: unknown) => {
      mirror.close()
      return storeFailed(error)
    })
    opened = new FollowedSession(mirror, owner, peers, deps, hooks)
    return opened
  }

  override get idle(): boolean {
    return this.#asking === 0 && !this.reads.busy
  }

  /** The same command as often as it takes: whoever owns the session carries it out once. */
  override async execute<T extends Command['type']>(
    actor: Principal,
    commandId: string,
    command: CommandOf<T>,
  ): Promise<CommandResult[T]> {
    this.#asking++
    try {
      const { clock } = this.#peers
      const until = clock.now() + PATIENCE_MS
      for (;;) {
        try {
          return await this.#ask<T>(actor, commandId, command)
        } catch (error) {
          if (!isAway(error) || clock.now() > until) throw error
        }
        await pause(clock)
        const session = await this.#hooks.takeOver()
        if (session) return await session.execute<T>(actor, commandId, command)
      }
    } finally {
      this.#asking--
    }
  }

  /** Resolves once this process has everything up to there. */
  reached(position: number): Promise<void> {
    return this.#mirror.reached(position)
  }

  /** Somebody owns it, as far as is known here. */
  get owned(): boolean {
    return this.#owner !== null
  }

  ownedBy(owner: string | null): void {
    this.#owner = owner
    if (owner === null) this.#hooks.ownerless()
  }

  override async close(): Promise<void> {
    this.#mirror.close()
  }

  protected override boardOf(lane: Lane): BoardPlace {
    const { journal } = this.#deps
    const { boards } = this.#peers
    const { sessionId } = this
    const { laneId, audience } = lane
    const doc = boardDocName(sessionId, lane)
    return {
      laneId,
      audience,
      load: () => storedBoard({ journal, boards }, sessionId, doc),
      save: (state) => journal.putBoard(sessionId, doc, state),
      shared: boards.shared(sessionId, doc),
      roll: async () => {
        await this.#question({ type: 'board.roll', sessionId, doc })
      },
    }
  }

  async #ask<T extends Command['type']>(
    actor: Principal,
    commandId: string,
    command: CommandOf<T>,
  ): Promise<CommandResult[T]> {
    this.lastUsed = this.#deps.clock.now()
    const { sessionId } = this
    const question: Question = { type: 'execute', sessionId, actor, commandId, command }
    const { result, position } = (await this.#question(question)) as Executed
    // What they read next shall show it. That this process is behind, or follows anew, does not make it undone.
    await this.#mirror.reached(position).catch(() => undefined)
    return result as CommandResult[T]
  }

  async #question(question: Question): Promise<unknown> {
    this.#owner ??= (await this.#peers.feed.head(this.sessionId).catch(storeFailed)).owner
    if (this.#owner === null) {
      throw new ColloquyError('STORE_UNAVAILABLE', 'No server has the session yet; try again.')
    }
    const owner = this.#owner
    try {
      return await this.#peers.ask(owner, question)
    } catch (error) {
      // Who owns it is asked again.
      if (isAway(error) && this.#owner === owner) this.#owner = null
      throw error
    }
  }
}

function isAway(error: unknown): boolean {
  return error instanceof ColloquyError && (error.code === 'STORE_UNAVAILABLE' || error.code === 'DRAINING')
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(AGAIN_MS, resolve))
}
