import type { SessionAnswer } from '@colloquy/shared/answers'
import { EVERYONE, groupNamed, MAIN_LANE, sameAudience, setOf } from '@colloquy/shared/audience'
import type { KeptLane } from '../docs.ts'
import { type ColloquyError, isSignedOut, isTransient } from '../errors.ts'
import type { Audience, ConnectionState, InLane, Message, OlderMessages } from '../types/index.ts'
import type { Lane } from '../view/lane.ts'
import { LiveLane, type LiveLaneOptions } from './live-lane.ts'
import { backoff } from './policy.ts'

export interface LanesOptions extends LiveLaneOptions {
  /** The lanes whose copies this browser has. */
  kept: () => Promise<readonly KeptLane[]>
  /** A lane is in sync with the server, for the first time or again. */
  live: (lane: LiveLane) => void
  /** A lane is no longer the person's to read. */
  lost: () => void
  /** The session is over for good. `lost`: the person may no longer read it. */
  ended: (error: ColloquyError, lost: boolean) => void
}

/**
 * The lanes of a session that a person reads. The main lane decides whether the session is ready, connected and ended;
 * others come and go, connect only where the main lane is connected, and so ask for tickets together.
 */
export class Lanes {
  readonly main: LiveLane
  readonly #options: LanesOptions
  /** By laneId, in the order in which the server lists them. */
  #narrower = new Map<string, LiveLane>()
  #described: SessionAnswer | null = null
  /** Whom the text is for that is being written; null: none is. */
  #typing: Audience | null = null
  #attempt = 0
  #stopTimer: (() => void) | null = null

  constructor(options: LanesOptions) {
    this.#options = options
    const { live, ended } = options
    this.main = this.#make({ laneId: MAIN_LANE, audience: EVERYONE }, () => this.#keptDoc(MAIN_LANE), {
      mayConnect: () => true,
      live: () => {
        live(this.main)
        this.#mainLive()
      },
      ended,
    })
  }

  get all(): readonly LiveLane[] {
    return [this.main, ...this.#narrower.values()]
  }

  get narrower(): readonly LiveLane[] {
    return [...this.#narrower.values()]
  }

  get connection(): Omit<ConnectionState, 'unsent'> {
    return this.main.connection.state
  }

  get described(): SessionAnswer | null {
    return this.#described
  }

  get(laneId: string): LiveLane | undefined {
    return laneId === MAIN_LANE ? this.main : this.#narrower.get(laneId)
  }

  /** The lane that a prompt for these readers goes to; null where that is not known. */
  for(audience: Audience | undefined): LiveLane | null {
    if (audience === undefined || audience === EVERYONE) return this.main
    const named = this.#expand(audience)
    const same = this.narrower.filter((lane) => named && sameAudience(lane.audience, named))
    // The same people are readers of several lanes where they came in through other groups.
    return same.length === 1 ? (same[0] ?? null) : null
  }

  inSync(): readonly Lane[] {
    return this.all.flatMap(({ liveLane }) => liveLane ?? [])
  }

  async start(): Promise<void> {
    const started = this.main.connection.start()
    for (const kept of await this.#options.kept().catch(() => [])) {
      if (kept.laneId !== MAIN_LANE && !this.#narrower.has(kept.laneId)) this.#add(kept)
    }
    await started
  }

  /** The server has told what the session looks like. */
  update(answer: SessionAnswer): void {
    if (this.#ended) return
    this.#described = answer
    const before = this.#narrower
    const listed = answer.lanes.filter(({ laneId }) => laneId !== MAIN_LANE)
    const ids = new Set(listed.map(({ laneId }) => laneId))
    for (const [laneId, lane] of before) if (!ids.has(laneId)) this.#lose(lane)
    this.#narrower = new Map()
    for (const lane of listed) {
      const known = before.get(lane.laneId)
      if (known && known.connection.state.state !== 'ended') this.#narrower.set(lane.laneId, known)
      else this.#add(lane, answer)
    }
    this.#tellTyping()
    if ([...before.keys()].some((laneId) => !ids.has(laneId))) this.#options.lost()
    this.#options.changed()
  }

  /** Asks which lanes there are: something says that they have changed. */
  refresh(): void {
    this.#stopTimer?.()
    this.#stopTimer = null
    this.#options.entrance.describeAnew().then(
      () => {
        this.#attempt = 0
      },
      (error: unknown) => {
        // Once the main lane is connected again it is asked anyway.
        if (this.connection.state !== 'live' || !isTransient(error)) return
        const wait = backoff(this.#attempt++, this.#options.random)
        this.#stopTimer ??= this.#options.clock.after(wait, () => this.refresh())
      },
    )
  }

  /** `audience`: whom the text is for that is being written; null: none is. */
  setTyping(audience: Audience | null): void {
    this.#typing = audience
    this.#tellTyping()
  }

  /**
   * Reads one page of the main lane and of others what belongs in between; once there is nothing older in the main
   * lane, a page of each other one.
   */
  async older(): Promise<OlderMessages> {
    const { main, narrower } = this
    if (main.more) {
      const pages = [await main.older()]
      const from = main.more ? main.firstSeq - 1 : 0
      // What fails is read with the next page.
      const read = (lane: LiveLane) => lane.olderFrom(from).catch(() => [])
      if (from > 0) pages.push(...(await Promise.all(narrower.map(read))))
      return this.#older(pages)
    }
    return this.#older(await Promise.all(narrower.map((lane) => lane.older())))
  }

  retryNow(): void {
    for (const { connection } of this.all) connection.retryNow()
  }

  networkLost(): void {
    for (const { connection } of this.all) connection.networkLost()
  }

  /** Ends for good; what is shown stays readable. */
  end(reason: string): void {
    this.#stopTimer?.()
    for (const { connection } of this.all) connection.end(reason)
  }

  /** Deletes what this browser kept of them. */
  async erase(): Promise<void> {
    await Promise.all(this.all.map((lane) => lane.erase()))
  }

  get #ended(): boolean {
    return this.connection.state === 'ended'
  }

  #older(pages: readonly (readonly Message[])[]): OlderMessages {
    return { messages: pages.flat(), more: this.all.some(({ more }) => more) }
  }

  #mainLive(): void {
    // A frame that told of lanes may have come while nobody listened.
    this.refresh()
    for (const { connection } of this.narrower) connection.retryNow()
  }

  #add(lane: InLane, answer?: SessionAnswer): void {
    const lastDoc = () => (answer ? Promise.resolve(null) : this.#keptDoc(lane.laneId))
    const added = this.#make(lane, lastDoc, {
      mayConnect: () => this.connection.state === 'live',
      live: () => this.#options.live(added),
      ended: (error, lost) => {
        if (lost || error.code === 'REVOKED' || isSignedOut(error)) this.main.connection.refuse(error, lost)
      },
    })
    this.#narrower.set(lane.laneId, added)
    void added.connection.start(answer)
  }

  #make(
    lane: InLane,
    lastDoc: () => Promise<string | null>,
    events: Pick<ConstructorParameters<typeof LiveLane>[2], 'mayConnect' | 'live' | 'ended'>,
  ): LiveLane {
    // Every connection is told; while the main lane has none, it will ask as soon as it has.
    const lanesChanged = () => lane.laneId === MAIN_LANE && this.refresh()
    return new LiveLane(lane, this.#options, { ...events, lastDoc, lanesChanged })
  }

  async #keptDoc(laneId: string): Promise<string | null> {
    const kept = await this.#options.kept()
    return kept.find((each) => each.laneId === laneId)?.doc ?? null
  }

  /** The person no longer reads it: nothing of it stays. */
  #lose(lane: LiveLane): void {
    lane.connection.end('LOST')
    void lane.erase()
  }

  #tellTyping(): void {
    const lane = this.#typing && this.for(this.#typing)
    for (const each of this.all) each.setTyping(each === lane)
  }

  #expand(audience: readonly string[]): Audience | null {
    const me = this.#options.identity.subject
    const groups = new Map(this.#described?.groups.map(({ id, members }) => [id, members]))
    const people = audience.map((each) => {
      const group = groupNamed(each)
      return group === undefined ? [each] : groups.get(group)
    })
    if (!me || people.includes(undefined)) return null
    return setOf([me.id, ...people.flatMap((each) => each ?? [])])
  }
}
