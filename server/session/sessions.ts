import { createHmac } from 'node:crypto'
import { ColloquyError } from '@colloquy/shared'
import type { SessionAnswer, SessionListAnswer } from '@colloquy/shared/answers'
import type { Principal } from '../access/principal.ts'
import { idsOf } from '../clock.ts'
import type { ForkFrom, SessionsApi } from './api.ts'
import { forkStory } from './fork-story.ts'
import { Session, type SessionDeps, type Story } from './session.ts'
import { storeFailed } from './store-failed.ts'
import { BUSY, listed, memberLabel } from './stream-index.ts'

/** A session that nobody is connected to and nothing runs in leaves memory after this long, in ms. */
const IDLE_MS = 60_000
const SWEEP_MS = 15_000
/** A session that has lived this long after a failure counts as well again. */
const WELL_MS = 30_000
/** Waits between attempts to open a session whose store failed, in ms: the last one repeats. */
const REVIVE_MS = [50, 100, 250, 500, 1000, 2500, 5000]
/** Sessions opened at the same time when the server starts. */
const RECOVER_AT_ONCE = 8

/** The sessions of this process: opens them when asked, revives those whose store failed, lets idle ones go. */
export class Sessions implements SessionsApi {
  readonly #deps: SessionDeps
  readonly #secret: Uint8Array
  readonly #live = new Map<string, Promise<Session>>()
  /** Sessions whose store failed: how often in a row, when last, and whether a next try is under way. */
  readonly #failures = new Map<string, { count: number; at: number; waiting: boolean }>()
  readonly #suspended = new Set<string>()
  #closing = false
  #stopSweep: () => void

  /** @param secret the server's own: session ids are derived with it */
  constructor(deps: SessionDeps, secret: Uint8Array) {
    this.#deps = deps
    this.#secret = secret
    this.#stopSweep = deps.clock.after(SWEEP_MS, () => this.#sweep())
  }

  /** Opens every session that has prompts waiting or turns running, so that they go on. */
  async recover(): Promise<number> {
    const busy = await this.#deps.journal.labelled(BUSY)
    const queue = busy.map(({ stream }) => stream)
    const worker = async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        const sessionId = id
        await this.open(sessionId).catch((error) => {
          this.#deps.log.error({ sessionId, err: error }, 'session not recovered')
          this.#revive(sessionId)
        })
      }
    }
    await Promise.all(Array.from({ length: RECOVER_AT_ONCE }, worker))
    return busy.length
  }

  async create(
    actor: Principal,
    commandId: string,
    title?: string,
    story: Story | (() => Promise<Story>) = [],
    from?: Omit<ForkFrom, 'title'>,
  ): Promise<SessionAnswer> {
    // The id follows from the command, so that a repeated command finds the session it made. It is keyed:
    // nobody can compute another's.
    const key = createHmac('sha256', this.#secret).update(`session\n${actor.userId}\n${commandId}`)
    const sessionId = `s_${key.digest('base64url').slice(0, 22)}`
    const given = title ?? 'New session'
    const known = await this.#deps.journal.command(sessionId, actor.userId, commandId).catch(storeFailed)
    if (known && known.hash !== this.#deps.fingerprint({ title: given, from })) {
      throw new ColloquyError('COMMAND_REUSED', 'This commandId was used with another body before.')
    }
    const session = await this.#load(sessionId)
    if (session.state.createdAt === 0) {
      const told = typeof story === 'function' ? await story() : story
      await session.begin(actor, commandId, { title: given, from }, told)
    }
    return session.describe(actor)
  }

  async fork(
    actor: Principal,
    commandId: string,
    { sessionId, laneId, seq, title }: ForkFrom,
  ): Promise<SessionAnswer> {
    const from = { sessionId, laneId, seq }
    const source = await this.open(sessionId)
    await source.execute<'lane.fork'>(actor, commandId, { type: 'lane.fork', laneId, seq })
    const { messages, turns } = await source.copyOf(actor, laneId, seq)
    const { clock, newId, limits } = this.#deps
    const by = { id: actor.userId, name: actor.name }
    const story = async () => {
      // Last of all: what was taken back since it was read shall not be stored again.
      const said = (await this.open(sessionId)).withoutTaken(messages)
      return forkStory({ messages: said, turns }, by, clock.now(), idsOf(newId, actor.userId), limits)
    }
    const given = title ?? `Fork of ${source.state.title}`.slice(0, 200)
    return this.create(actor, commandId, given, story, from)
  }

  /** Somebody's groups have changed: sessions in memory stop what they no longer receive. */
  groupsChanged(userId: string): void {
    for (const opening of this.#live.values()) {
      opening.then(
        (session) => session.groupsChanged(userId),
        () => undefined,
      )
    }
  }

  async open(sessionId: string): Promise<Session> {
    const open = this.#live.get(sessionId)
    if (open) return open
    const first = await this.#deps.journal.read(sessionId, { after: 0, limit: 1 }).catch(storeFailed)
    if (first[0]?.event.type !== 'session.created')
      throw new ColloquyError('NOT_FOUND', 'There is no such session.')
    return this.#load(sessionId)
  }

  async mine(actor: Principal): Promise<SessionListAnswer['sessions']> {
    const found = await this.#deps.journal.labelled(memberLabel(actor.userId)).catch(storeFailed)
    const { rights, rooms } = this.#deps
    const { userId } = actor
    const groups = rights.groups(userId)
    const rows = found.map(({ stream, summary }) => ({
      ...listed(stream, summary, userId, groups),
      here: rooms.here(stream),
    }))
    return rows.sort((a, b) => b.activeAt - a.activeAt)
  }

  /** Lets running turns end and gives every session back; takes at most `graceMs` for each of the two. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true
    this.#stopSweep()
    const opening = [...this.#live.values()]
    const all = (act: (session: Session) => Promise<void>) =>
      this.#within(graceMs, Promise.allSettled(opening.map(async (session) => act(await session))))
    await all((session) => session.drain())
    await all((session) => session.close())
    this.#live.clear()
  }

  async #within(ms: number, done: Promise<unknown>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = this.#deps.clock.after(ms, resolve)
    await Promise.race([done, late])
    cancel()
  }

  /** Loads once, however many ask at the same time. */
  #load(sessionId: string): Promise<Session> {
    if (this.#closing)
      return Promise.reject(new ColloquyError('DRAINING', 'The server is stopping; try again.'))
    const known = this.#live.get(sessionId)
    if (known) return known
    const dropped = (error: unknown) => this.#dropped(sessionId, opening, error)
    const opening = Session.open(sessionId, this.#deps, dropped).then((session) => {
      session.start()
      return session
    })
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

  /** What has left memory before has no say in what is there now. */
  #dropped(sessionId: string, which: Promise<Session>, error: unknown): void {
    if (this.#live.get(sessionId) !== which) return
    this.#deps.log.error({ sessionId, err: error }, 'session dropped from memory: its store failed')
    this.#live.delete(sessionId)
    this.#suspended.add(sessionId)
    this.#deps.rooms.suspend(sessionId)
    this.#revive(sessionId)
  }

  #forget(sessionId: string, which: Promise<Session>): void {
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
      if (!this.#closing) this.#load(sessionId).catch(() => this.#revive(sessionId))
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

  #letGo(sessionId: string, opening: Promise<Session>, session: Session, before: number): void {
    if (this.#deps.rooms.connections(sessionId) > 0) session.lastUsed = this.#deps.clock.now()
    if (session.lastUsed > before || !session.idle || this.#live.get(sessionId) !== opening) return
    this.#live.delete(sessionId)
    session
      .close()
      .catch((error) => this.#deps.log.warn({ sessionId, err: error }, 'session not closed cleanly'))
  }
}
