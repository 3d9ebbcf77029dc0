import { DEFAULT_LIMITS, type Limits } from '@colloquy/shared'
import { FINGERPRINT } from '../../server/access/fingerprint.fixture.ts'
import { createPeople, type People } from '../../server/access/people.ts'
import type { Principal } from '../../server/access/principal.ts'
import { createResources, type Resources } from '../../server/access/resources.ts'
import { createRights } from '../../server/access/rights.ts'
import type { WorkspaceState } from '../../server/access/workspace-state.ts'
import {
  openWorkspaceStream,
  WORKSPACE_STREAM,
  type WorkspaceStream,
} from '../../server/access/workspace-stream.ts'
import type { Log } from '../../server/log.ts'
import type { ModelPort } from '../../server/model/port.ts'
import type { SessionDeps } from '../../server/session/session.ts'
import { Sessions } from '../../server/session/sessions.ts'
import { Directory } from '../../server/sync/directory.ts'
import { createResourceTools } from '../../server/tools/resources.ts'
import type { Tool } from '../../server/tools/tool.ts'
import { createToolbox, type Toolbox } from '../../server/tools/toolbox.ts'
import { MemoryJournal, MemoryStore } from '../kit/memory-journal.ts'
import { Claims } from './claims.ts'
import { Keyed } from './keyed.ts'
import { type Heard, pureModel } from './model.ts'
import { Person } from './person.ts'
import { pureTools, type Vault } from './tools.ts'
import { VirtualClock } from './virtual-clock.ts'

/** Seams at which a test may put a fault. */
export interface Faults {
  model?(model: ModelPort, world: World): ModelPort
  tools?(tools: Tool[], world: World): Tool[]
  toolbox?(toolbox: Toolbox, world: World): Toolbox
  random?(keyed: Keyed): (scope?: string) => number
}

/** A server's housekeeping comes this often, in ms. */
const TICK_MS = 5_000
/** Small, so that short histories reach what long sessions do. */
const LIMITS: Limits = { ...DEFAULT_LIMITS, segmentMessages: 10, segmentCarry: 4 }
/** So small that queues and lists of lanes are full at once. */
const TIGHT: Partial<Limits> = {
  ...{ pendingPerPerson: 2, pendingPerLane: 4, lanesPerPerson: 2, lanesPerSession: 4 },
}
const READER_BYTES = 64 * 1024
const SECRET = new Uint8Array(32).fill(9)

/**
 * A whole server without network, disk and real time: real sessions, rooms and workspace, a model and tools that are
 * pure, people with clients. Everything that depends on chance or time is keyed or virtual.
 */
export class World {
  readonly clock = new VirtualClock()
  readonly keyed = new Keyed(this.clock)
  readonly store = new MemoryStore()
  readonly claims = new Claims()
  readonly journal = this.claims.watch(new MemoryJournal(this.store))
  readonly vaults = new Map<string, Vault>()
  readonly people = new Map<string, Person>()
  /** What went wrong inside and no answer tells. */
  readonly failures: string[] = []
  readonly directory: Directory
  /** Sessions whose every reader is an insider. */
  readonly inside = new Set<string>()
  readonly #faults: Faults
  readonly #limits: Limits
  readonly #heard: Heard
  #sessions: Sessions | undefined
  #registry: People | undefined
  #resources: Resources | undefined
  #stream: WorkspaceStream | undefined

  /** @param heard is told of each call of the model */
  constructor(heard: Heard = () => undefined, faults: Faults = {}, tight = false) {
    this.#heard = heard
    this.#faults = faults
    this.#limits = tight ? { ...LIMITS, ...TIGHT } : LIMITS
    this.directory = new Directory({
      openSession: (sessionId) => this.sessions.open(sessionId),
      limits: { ...this.#limits, readerBytes: READER_BYTES },
      clock: this.clock,
      log: this.#log(),
    })
  }

  async start(): Promise<this> {
    const stream = await openWorkspaceStream(this.journal, this.clock)
    this.#registry = createPeople(stream, this.clock)
    this.#stream = stream
    this.#resources = createResources({ stream, clock: this.clock, fingerprint: FINGERPRINT })
    const sessions = new Sessions(this.#deps(stream), { secret: SECRET })
    this.#sessions = sessions
    stream.watch((event) => {
      if (event.type === 'person.changed') sessions.groupsChanged(event.userId)
    })
    const tick = () => {
      this.directory.tick(this.clock.now())
      this.clock.after(TICK_MS, tick)
    }
    tick()
    return this
  }

  get sessions(): Sessions {
    if (!this.#sessions) throw new Error('the world has not started')
    return this.#sessions
  }

  /** What the workspace has, whoever may read it. */
  get workspace(): WorkspaceState {
    if (!this.#stream) throw new Error('the world has not started')
    return this.#stream.state
  }

  /** The text of one of its cells. */
  textOf(cell: string): string {
    return this.store.textOf(WORKSPACE_STREAM, cell) ?? ''
  }

  get resources(): Resources {
    if (!this.#resources) throw new Error('the world has not started')
    return this.#resources
  }

  /** Somebody signs in for the first time. */
  async join(principal: Principal): Promise<Person> {
    const describe = async (sessionId: string) => {
      const session = await this.sessions.open(sessionId)
      return session.visit(await this.proven(person))
    }
    const { clock, directory } = this
    const failed = (error: unknown) => this.failed(error)
    const openedAt = (sessionId: string, laneId: string) => this.claims.openedAt(sessionId, laneId)
    const person: Person = new Person(principal, { clock, directory, describe, openedAt, failed })
    this.people.set(principal.userId, person)
    await this.proven(person)
    return person
  }

  /** The person as the edge passes them inwards. */
  async proven({ principal }: Person): Promise<Principal> {
    if (!this.#registry) throw new Error('the world has not started')
    return this.#registry.seen({ ...principal, issuedAt: this.clock.now() })
  }

  failed(error: unknown): void {
    this.failures.push(error instanceof Error ? `${error.stack}` : String(error))
  }

  #deps(stream: WorkspaceStream): SessionDeps {
    const { clock, keyed, journal, directory } = this
    const { model = same, tools = same, toolbox = same, random = () => keyed.random } = this.#faults
    const offered = tools([...pureTools(clock, this.vaults), ...createResourceTools(this.resources)], this)
    const deps = {
      ...{
        journal,
        clock,
        limits: this.#limits,
        newId: keyed.newId,
        random: random(keyed),
        log: this.#log(),
      },
      rooms: directory,
      model: model(pureModel(clock, this.#heard), this),
      toolbox: toolbox(
        createToolbox(() => offered),
        this,
      ),
      rights: createRights(stream),
      fingerprint: FINGERPRINT,
      teamText: () => stream.state.systemText,
    }
    return deps
  }

  #log(): Log {
    const fail = (fields: object, message: string) => {
      const { err, failure } = fields as { err?: Error; failure?: string }
      this.failures.push(`${message}: ${err?.stack ?? failure ?? JSON.stringify(fields)}`)
    }
    const warn: Log['warn'] = (fields, message) => {
      if (message !== 'step failed' && message !== 'tool failed') fail(fields, message)
    }
    return { info: () => undefined, warn, error: fail }
  }
}

function same<T>(each: T): T {
  return each
}
