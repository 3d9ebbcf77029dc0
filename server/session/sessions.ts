import { createHmac } from 'node:crypto'
import { ColloquyError } from '@colloquy/shared'
import type { SessionAnswer, SessionListAnswer } from '@colloquy/shared/answers'
import type { Principal } from '../access/principal.ts'
import { idsOf } from '../clock.ts'
import type { ForkFrom, SessionsApi } from './api.ts'
import { FollowedSession } from './followed-session.ts'
import { forkStory } from './fork-story.ts'
import { type Opened, OpenSessions } from './open-sessions.ts'
import type { Executed, Peers, Question } from './peers.ts'
import { Session, type SessionDeps, type Story } from './session.ts'
import { storeFailed } from './store-failed.ts'
import { listed, memberLabel } from './stream-index.ts'

export interface SessionsOptions {
  /** The server's own: session ids are derived with it. */
  secret: Uint8Array
  /** The other processes that share the store, where there can be some. */
  peers?: Peers | undefined
}

/** What people do with sessions as a whole, and what other processes ask of this one. */
export class Sessions implements SessionsApi {
  readonly #deps: SessionDeps
  readonly #secret: Uint8Array
  readonly #open: OpenSessions

  constructor(deps: SessionDeps, { secret, peers }: SessionsOptions) {
    this.#deps = deps
    this.#secret = secret
    this.#open = new OpenSessions(deps, peers)
  }

  /** Opens every session that has prompts waiting or turns running, so that they go on. */
  recover(): Promise<number> {
    return this.#open.recover()
  }

  open(sessionId: string): Promise<Opened> {
    return this.#open.open(sessionId)
  }

  /** Lets running turns end and gives every session back; takes at most `graceMs` for each of the two. */
  close(graceMs: number): Promise<void> {
    return this.#open.close(graceMs)
  }

  /** What another process asks of a session that this one owns. */
  async answer(question: Question): Promise<unknown> {
    if (question.type === 'workspace') throw new Error('no question about a session')
    const { sessionId } = question
    if (question.type === 'reached') {
      const followed = await this.#open.known(sessionId)
      if (followed instanceof FollowedSession) await followed.reached(question.position)
      return null
    }
    const session = await this.open(sessionId)
    if (!(session instanceof Session)) throw notHere()
    if (question.type === 'board.roll') return session.rollBoard(question.doc)
    const { actor, commandId, command } = question
    const result: unknown = await session.execute(actor, commandId, command)
    return { result, position: session.position } satisfies Executed
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
    const session = await this.#open.load(sessionId)
    if (session.state.createdAt === 0) {
      // The same command is being carried out by another process.
      if (!(session instanceof Session)) throw notHere()
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
    for (const opening of this.#open.all()) {
      opening.then(
        (session) => session.groupsChanged(userId),
        () => undefined,
      )
    }
  }

  async mine(actor: Principal): Promise<SessionListAnswer['sessions']> {
    const found = await this.#deps.journal.labelled(memberLabel(actor.userId)).catch(storeFailed)
    const { rights, rooms } = this.#deps
    const { userId } = actor
    const groups = rights.groups(userId)
    const rows = await Promise.all(
      found.map(async ({ stream, summary }) => ({
        ...listed(stream, summary, userId, groups),
        here: await rooms.here(stream),
      })),
    )
    return rows.sort((a, b) => b.activeAt - a.activeAt)
  }
}

const notHere = () => new ColloquyError('STORE_UNAVAILABLE', 'Another server has the session; try again.')
