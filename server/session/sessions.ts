import { createHmac } from 'node:crypto'
import { ColloquyError } from '@colloquy/shared'
import type { SessionAnswer } from '@colloquy/shared/answers'
import type { Principal } from '../access/principal.ts'
import type { SessionsApi } from './api.ts'
import { hashOf, Session, type SessionDeps, storeFailed } from './session.ts'
import { BUSY, memberLabel } from './stream-index.ts'

/** A session that nobody is connected to and nothing runs in leaves memory after this long, in ms. */
const IDLE_MS = 60_000
const SWEEP_MS = 15_000
/** Waits between attempts to open a session whose store failed, in ms: the last one repeats. */
const REVIVE_MS = [50, 100, 250, 500, 1000, 2500, 5000]
/** Sessions opened at the same time when the server starts. */
const RECOVER_AT_ONCE = 8

/** The sessions of this process: opens them when asked, revives those whose store failed, lets idle ones go. */
export class Sessions implements SessionsApi {
  readonly #deps: SessionDeps
  readonly #secret: Uint8Array
  readonly #open = new Map<string, Promise<Session>>()
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
          this.#revive(sessionId, 0)
        })
      }
    }
    await Promise.all(Array.from({ length: RECOVER_AT_ONCE }, worker))
    return busy.length
  }

  async create(actor: Principal, commandId: string, title?: string): Promise<SessionAnswer> {
    // The id follows from the command, so that a repeated command finds the session it made. It is keyed:
    // nobody can compute another's.
    const key = createHmac('sha256', this.#secret).update(`session\n${actor.userId}\n${commandId}`)
    const sessionId = `s_${key.digest('base64url').slice(0, 22)}`
    const given = title ?? 'New session'
    const known = await this.#deps.journal.command(sessionId, actor.userId, commandId).catch(storeFailed)
    if (known && known.hash !== hashOf({ title: given })) {
      throw new ColloquyError('COMMAND_REUSED', 'This commandId was used with another body before.')
    }
    const session = await this.#load(sessionId)
    if (session.state.createdAt === 0) await session.begin(actor, commandId, given)
    return session.describe(actor)
  }

  async open(sessionId: string): Promise<Session> {
    if (this.#closing) throw new ColloquyError('DRAINING', 'The server is stopping; try again.')
    const open = this.#open.get(sessionId)
    if (open) return open
    const first = await this.#deps.journal.read(sessionId, { after: 0, limit: 1 }).catch(storeFailed)
    if (first[0]?.event.type !== 'session.created')
      throw new ColloquyError('NOT_FOUND', 'There is no such session.')
    return this.#load(sessionId)
  }

  async mine(
    actor: Principal,
  ): Promise<{ id: string; title: string; createdAt: number; activeAt: number }[]> {
    const found = await this.#deps.journal.labelled(memberLabel(actor.userId)).catch(storeFailed)
    const rows = found.map(({ stream, summary }) => {
      const { title, createdAt, activeAt } = summary as { title: string; createdAt: number; activeAt: number }
      return { id: stream, title, createdAt, activeAt }
    })
    return rows.sort((a, b) => b.activeAt - a.activeAt)
  }

  /** Waits until running turns have ended, at most `graceMs`, then gives every session back. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true
    this.#stopSweep()
    const sessions = (await Promise.allSettled(this.#open.values())).flatMap((each) =>
      each.status === 'fulfilled' ? [each.value] : [],
    )
    const { promise: grace, resolve } = Promise.withResolvers<void>()
    const cancel = this.#deps.clock.after(graceMs, resolve)
    await Promise.race([Promise.all(sessions.map((session) => session.drain())), grace])
    cancel()
    await Promise.all(sessions.map((session) => session.close()))
    this.#open.clear()
  }

  /** Loads once, however many ask at the same time. */
  #load(sessionId: string): Promise<Session> {
    const known = this.#open.get(sessionId)
    if (known) return known
    const opening = Session.open(sessionId, this.#deps, (error) => this.#dropped(sessionId, opening, error))
    this.#open.set(sessionId, opening)
    opening.then(
      (session) => {
        session.start()
        const waiting = this.#deps.rooms.connections(sessionId) > 0
        if (this.#suspended.delete(sessionId) || waiting) this.#deps.rooms.resume(session)
      },
      () => this.#forget(sessionId, opening),
    )
    return opening
  }

  #dropped(sessionId: string, which: Promise<Session>, error: unknown): void {
    this.#deps.log.error({ sessionId, err: error }, 'session dropped from memory: its store failed')
    this.#forget(sessionId, which)
    this.#suspended.add(sessionId)
    this.#revive(sessionId, 0)
  }

  #forget(sessionId: string, which: Promise<Session>): void {
    if (this.#open.get(sessionId) === which) this.#open.delete(sessionId)
  }

  #revive(sessionId: string, attempt: number): void {
    const wait = REVIVE_MS[Math.min(attempt, REVIVE_MS.length - 1)] ?? 0
    this.#deps.clock.after(wait, () => {
      if (this.#closing || this.#open.has(sessionId)) return
      this.#load(sessionId).catch(() => this.#revive(sessionId, attempt + 1))
    })
  }

  #sweep(): void {
    this.#stopSweep = this.#deps.clock.after(SWEEP_MS, () => this.#sweep())
    const before = this.#deps.clock.now() - IDLE_MS
    for (const [sessionId, opening] of this.#open) {
      opening.then(
        (session) => this.#letGo(sessionId, opening, session, before),
        () => undefined,
      )
    }
  }

  #letGo(sessionId: string, opening: Promise<Session>, session: Session, before: number): void {
    const used = session.lastUsed > before || !session.idle || this.#deps.rooms.connections(sessionId) > 0
    if (used || this.#open.get(sessionId) !== opening) return
    this.#open.delete(sessionId)
    session
      .close()
      .catch((error) => this.#deps.log.warn({ sessionId, err: error }, 'session not closed cleanly'))
  }
}
