import { type Audience, parseDocName, type Readers, type Role } from '@colloquy/shared'
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
import type { BoardPlace, LaneSource, Rooms } from '../sync/port.ts'
import type { SharedBoard } from '../sync/shared-board.ts'
import type { Command, CommandOf, CommandResult, SessionApi } from './api.ts'
import { boardDocName, laneDocName } from './doc-names.ts'
import type { Copied } from './fork-story.ts'
import { readableLane } from './lane-access.ts'
import type { LaneDoc } from './lane-doc.ts'
import type { Found, Wanted } from './search-lanes.ts'
import type { SessionMemory } from './session-memory.ts'
import { type ReadsDeps, SessionReads } from './session-reads.ts'
import type { Lane, State } from './state.ts'

export interface InMemoryDeps extends ReadsDeps {
  rooms: Rooms
}

/** A session's memory as a whole: what reads need of it, and its docs by laneId. */
export interface DocMemory extends SessionMemory {
  readonly docs: ReadonlyMap<string, LaneDoc>
  /** Another number whenever who may read what may have changed. */
  readonly rights: number
  /** Groups have changed: what was known of who may read is asked again. */
  rightsChanged(): void
}

/**
 * A session in memory, whichever process writes it: what members read of it, and what rooms ask. What people do goes
 * another way in each of the two.
 */
export abstract class SessionInMemory implements SessionApi {
  readonly sessionId: string
  lastUsed: number
  protected readonly reads: SessionReads
  readonly #memory: DocMemory
  readonly #deps: InMemoryDeps

  protected constructor(memory: DocMemory, deps: InMemoryDeps) {
    this.sessionId = memory.sessionId
    this.#memory = memory
    this.#deps = deps
    this.reads = new SessionReads(memory, deps)
    this.lastUsed = deps.clock.now()
  }

  abstract execute<T extends Command['type']>(
    actor: Principal,
    commandId: string,
    command: CommandOf<T>,
  ): Promise<CommandResult[T]>

  /** True when nothing waits or runs here, and nobody is being answered from here. */
  abstract get idle(): boolean

  /** Leaves memory in good order. */
  abstract close(): Promise<void>

  protected abstract boardOf(lane: Lane): BoardPlace

  get state(): State {
    return this.#memory.state
  }

  get rights(): number {
    return this.#memory.rights
  }

  /** @throws JournalError when it may be served no longer; whoever opened it knows then */
  check(): void {
    this.#memory.check()
  }

  describe(actor: Principal): Promise<SessionAnswer> {
    return this.#used.describe(actor)
  }

  visit(actor: Principal): Promise<SessionAnswer> {
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
    if (!this.#readsByGroups(userId)) return
    this.#memory.rightsChanged()
    const { rooms } = this.#deps
    rooms.recheck(this.sessionId, userId)
    this.lapsed(userId)
    rooms.ring(this.sessionId, [userId])
  }

  /** Ends what runs by rights that the person no longer has. */
  protected lapsed(_userId: string): void {}

  role(userId: string): Role | undefined {
    return this.state.members[userId]?.role
  }

  lane(doc: string, userId: string): LaneSource | null {
    const lane = this.#laneOf(doc, userId)
    const laneDoc =
      lane && laneDocName(this.sessionId, lane) === doc ? this.#memory.docs.get(lane.laneId) : undefined
    // Who follows may know of the next doc and not have it yet.
    if (laneDoc?.name !== doc) return null
    return { doc: laneDoc.doc, settled: () => this.#memory.settled() }
  }

  board(doc: string, userId: string): BoardPlace | null {
    const lane = this.#laneOf(doc, userId)
    if (!lane || boardDocName(this.sessionId, lane) !== doc) return null
    const place = this.boardOf(lane)
    return place.shared ? { ...place, shared: checked(place.shared, () => this.check()) } : place
  }

  get #used(): SessionReads {
    this.lastUsed = this.#deps.clock.now()
    return this.reads
  }

  #readsByGroups(userId: string): boolean {
    const { members, lanes } = this.state
    return members[userId] !== undefined && Object.values(lanes).some(({ through }) => through?.[userId])
  }

  #laneOf(doc: string, userId: string): Lane | undefined {
    const name = parseDocName(doc)
    if (name?.sessionId !== this.sessionId) return undefined
    return readableLane(this.state, name.laneId, userId, this.#deps.rights)
  }
}

/** Nothing is told to others by rights that may be old. */
function checked(shared: SharedBoard, check: () => void): SharedBoard {
  return {
    ...shared,
    async write(update, userId) {
      check()
      return shared.write(update, userId)
    },
  }
}
