import { ColloquyError } from '@colloquy/shared'
import { JournalError } from '../journal/journal.ts'
import { FollowedSession } from './followed-session.ts'
import type { Peers } from './peers.ts'
import { Session, type SessionDeps } from './session.ts'
import { storeFailed } from './store-failed.ts'
import { BUSY } from './stream-index.ts'

/** A session that nobody is connected to and nothing runs in leaves memory after this long, in ms. */
const IDLE_MS = 60_000
const SWEEP_MS = 15_000
/** A session that has lived this long after a failure counts as well again. */
const WELL_MS = 30_000
/** Waits between attempts to open a session whose store failed, in ms: the last one repeats. */
const REVIVE_MS = [50, 100, 250, 500, 1000, 2500, 5000]
/** Sessions opened at the same time when the server starts. */
const RECOVER_AT_ONCE = 8
/** How often sessions are looked for that nobody has any more and in which something waits, in ms. */
const ORPHANS_MS = 1_000
/** Those who follow a session that was given back do not all claim it in the same moment. */
const SPREAD_MS = 200

export type Opened = Session | FollowedSession

/**
 * The sessions in the memory of this process: claims or follows them when asked, revives those whose store failed, takes
 * over those whose process has gone, lets idle ones go.
 */
export class OpenSessions {
  readonly #deps: SessionDeps
  readonly #peers: Peers | undefined
  readonly #live = new Map<string, Promise<Opened>>()
  /** Sessions whose store failed: how often in a row, when last, and whether a next try is under way. */
  readonly #failures = new Map<string, { count: number; at: number; waiting: boolean }>()
  readonly #suspended = new Set<string>()
  #closing = false
  #stopSweep: () => void
  #stopOrphans: () => void = () => {}

  /** @param peers the other processes that share the store, where there can be some */
  constructor(deps: SessionDeps, peers: Peers | undefined) {
    this.#deps = deps
    this.#peers = peers
    this.#stopSweep = deps.clock.after(SWEEP_MS, () => this.#sweep())
    if (deps.journal.orphans) this.#lookForOrphans()
    peers?.onLoss((error) => this.#abandonAll(error))
  }

  /** Those that are in memory, or about to be. */
  all(): Promise<Opened>[] {
    return [...this.#live.values()]
  }

  /** The session if it is in memory. */
  known(sessionId: string): Promise<Opened> | undefined {
    return this.#live.get(sessionId)
  }

  async open(sessionId: string): Promise<Opened> {
    const open = await this.#usable(sessionId)
    if (open) return open
    const first = await this.#deps.journal.read(sessionId, { after: 0, limit: 1 }).catch(storeFailed)
    if (first[0]?.event.type !== 'session.created')
      throw new ColloquyError('NOT_FOUND', 'There is no such session.')
    return this.load(sessionId)
  }

  /** One that finds out just now that it may be served no longer has left memory with that. */
  async #usable(sessionId: string): Promise<Opened | null> {
    const opening = this.#live.get(sessionId)
    const session = await opening
    try {
      session?.check()
    } catch {
      return null
    }
    return session ?? null
  }

  /** Opens every session that has prompts waiting or turns running, so that they go on. */
  async recover(): Promise<number> {
    const { journal } = this.#deps
    const busy = (await journal.orphans?.(BUSY)) ?? (await journal.labelled(BUSY)).map(({ stream }) => stream)
    await this.#openAll(busy)
    return busy.length
  }

  async #openAll(sessionIds: readonly string[]): Promise<void> {
    const queue = [...sessionIds]
    const worker = async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        const sessionId = id
        await this.#adopt(sessionId).catch((error) => {
          if (this.#closing) return
          this.#deps.log.error({ sessionId, err: error }, 'session not recovered')
          this.#revive(sessionId)
        })
      }
    }
    await Promise.all(Array.from({ length: RECOVER_AT_ONCE }, worker))
  }

  /** Opens a session that nobody has, also one that is followed here. */
  async #adopt(sessionId: string): Promise<void> {
    if (this.#failures.get(sessionId)?.waiting) return
    const opening = this.#live.get(sessionId)
    const opened = await opening
    if (opening && opened instanceof FollowedSession) await this.#reopen(sessionId, opening)
    else await this.open(sessionId)
  }

  #abandonAll(error: Error): void {
    for (const opening of this.#live.values()) {
      opening.then(
        (session) => {
          if (session instanceof Session) session.abandon(error)
        },
        () => undefined,
      )
    }
  }

  /** Each process looks for itself; of those that claim a session one gets it. */
  #lookForOrphans(): void {
    this.#stopOrphans = this.#deps.clock.after(ORPHANS_MS, () => {
      const { journal, workspace, random, log } = this.#deps
      const found = (workspace?.held !== false && journal.orphans?.(BUSY)) || Promise.resolve([])
      found
        .then((all) => this.#openAll(all.sort(() => random('orphans') - 0.5)))
        .catch((error: unknown) => {
          // That the store does not answer is said where it is noticed first.
          if (!(error instanceof JournalError)) log.error({ err: error }, 'lost sessions were not looked for')
        })
        .finally(() => {
          if (!this.#closing) this.#lookForOrphans()
        })
    })
  }

  /** Lets running turns end and gives every session back; takes at most `graceMs` for each of the two. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true
    this.#stopSweep()
    this.#stopOrphans()
    const opening = [...this.#live.values()]
    const all = (act: (session: Opened) => Promise<void>) =>
      this.#within(graceMs, Promise.allSettled(opening.map(async (session) => act(await session))))
    await all(async (session) => {
      if (session instanceof Session) await session.drain()
    })
    await all(async (session) => {
      await session.close()
      // Another may have it already.
      this.#deps.rooms.suspend(session.sessionId)
    })
    this.#live.clear()
  }

  async #within(ms: number, done: Promise<unknown>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = this.#deps.clock.after(ms, resolve)
    await Promise.race([done, late])
    cancel()
  }

  /** Loads once, however many ask at the same time; an unknown session is empty. */
  load(sessionId: string): Promise<Opened> {
    if (this.#closing)
      return Promise.reject(new ColloquyError('DRAINING', 'The server is stopping; try again.'))
    const known = this.#live.get(sessionId)
    if (known) return known
    if (this.#deps.workspace?.held === false)
      return Promise.reject(new ColloquyError('STORE_UNAVAILABLE', 'The store does not answer; try again.'))
    const dropped = (error: unknown) => this.#dropped(sessionId, opening, error)
    const opening: Promise<Opened> = Session.open(sessionId, this.#deps, dropped).then(
      (session) => {
        if (!this.#closing) session.start()
        return session
      },
      (error: unknown) => {
        if (!this.#peers || !(error instanceof JournalError)) throw error
        return FollowedSession.open(sessionId, this.#peers, this.#deps, {
          broken: dropped,
          ownerless: () => this.#ownerless(sessionId, opening),
          takeOver: () => this.#takeOver(sessionId, opening),
        })
      },
    )
    this.#live.set(sessionId, opening)
    opening.then(
      (session) => {
        const waiting = this.#deps.rooms.connections(sessionId) > 0
        if (this.#suspended.delete(sessionId) || waiting) this.#deps.rooms.resume(session)
      },
      () => this.#forget(sessionId, opening),
    )
    return opening
  }

  /** Claims or follows a session anew in place of what is followed. */
  #reopen(sessionId: string, which: Promise<Opened>): Promise<Opened> {
    if (this.#live.get(sessionId) === which) this.#live.delete(sessionId)
    const opening = this.load(sessionId)
    // Until then it goes on with what it knows.
    const close = () => which.then((session) => session.close()).catch(() => undefined)
    opening.then(close, () => {
      void close()
      this.#lost(sessionId)
    })
    return opening
  }

  /** Nothing is served from what was followed before, until the session is open again. */
  #lost(sessionId: string): void {
    if (this.#closing || this.#live.has(sessionId)) return
    this.#suspended.add(sessionId)
    this.#deps.rooms.suspend(sessionId)
    this.#revive(sessionId)
  }

  /** The session once this process owns it; null while another does. */
  async #takeOver(sessionId: string, which: Promise<Opened>): Promise<Session | null> {
    const current = this.#live.get(sessionId)
    if (current === which && (await this.#peers?.feed.head(sessionId).catch(storeFailed))?.owner) return null
    const session = await (current && current !== which ? current : this.#reopen(sessionId, which))
    return session instanceof Session ? session : null
  }

  /** Where somebody is connected to a session it has an owner: whoever looks first. */
  #ownerless(sessionId: string, which: Promise<Opened>): void {
    const { clock, random, rooms } = this.#deps
    clock.after(random('ownerless') * SPREAD_MS, () => {
      if (this.#closing || this.#live.get(sessionId) !== which || rooms.connections(sessionId) === 0) return
      which
        // Somebody was faster, or what was told was of a time before.
        .then((session) => session instanceof FollowedSession && session.owned)
        .then((owned) => (owned ? null : this.#reopen(sessionId, which)))
        .catch(() => this.#revive(sessionId))
    })
  }

  /** What has left memory before has no say in what is there now. */
  #dropped(sessionId: string, which: Promise<Opened>, error: unknown): void {
    if (this.#live.get(sessionId) !== which) return
    this.#deps.log.error({ sessionId, err: error }, 'session dropped from memory: its store failed')
    this.#live.delete(sessionId)
    this.#suspended.add(sessionId)
    this.#deps.rooms.suspend(sessionId)
    this.#revive(sessionId)
  }

  #forget(sessionId: string, which: Promise<Opened>): void {
    if (this.#live.get(sessionId) === which) this.#live.delete(sessionId)
  }

  /** Tries until the session is open again, ever more slowly while it fails ever again. */
  #revive(sessionId: string): void {
    const now = this.#deps.clock.now()
    const last = this.#failures.get(sessionId)
    if (last?.waiting) return
    const count = last && now - last.at < WELL_MS ? last.count + 1 : 0
    const failure = { count, at: now, waiting: true }
    this.#failures.set(sessionId, failure)
    this.#deps.clock.after(REVIVE_MS[Math.min(count, REVIVE_MS.length - 1)] ?? 0, () => {
      failure.waiting = false
      if (!this.#closing) this.load(sessionId).catch(() => this.#revive(sessionId))
    })
  }

  #sweep(): void {
    this.#stopSweep = this.#deps.clock.after(SWEEP_MS, () => this.#sweep())
    for (const [sessionId, { at, waiting }] of this.#failures) {
      if (!waiting && this.#deps.clock.now() - at > WELL_MS) this.#failures.delete(sessionId)
    }
    const before = this.#deps.clock.now() - IDLE_MS
    for (const [sessionId, opening] of this.#live) {
      opening.then(
        (session) => this.#letGo(sessionId, opening, session, before),
        () => undefined,
      )
    }
  }

  #letGo(sessionId: string, opening: Promise<Opened>, session: Opened, before: number): void {
    if (this.#deps.rooms.connections(sessionId) > 0) session.lastUsed = this.#deps.clock.now()
    if (session.lastUsed > before || !session.idle || this.#live.get(sessionId) !== opening) return
    this.#live.delete(sessionId)
    session
      .close()
      .catch((error) => this.#deps.log.warn({ sessionId, err: error }, 'session not closed cleanly'))
  }
}
