import type { Audience } from '@colloquy/shared'
import { createInvites } from '../../server/access/invites.ts'
import { resourceAnswerOf } from '../../server/access/resources.ts'
import type { Command } from '../../server/session/api.ts'
import { type Cursor, searchSessions } from '../../server/session/search-sessions.ts'
import {
  type Act,
  AUTHOR,
  type Choice,
  type Deed,
  type History,
  OWNER,
  type Secret,
  type Side,
} from './history.ts'
import type { Person } from './person.ts'
import { isInside, userIds } from './play.ts'
import { Said } from './said.ts'
import { filler, type Words } from './script.ts'
import type { World } from './world.ts'

const INVITES = createInvites(new Uint8Array(32).fill(3))

/** Longer than a session stays in memory without anybody. */
const AWAY_MS = 120_000

/** Carries out what a history says that people do. */
export class Deeds {
  readonly #world: World
  readonly #history: History
  readonly #side: Side
  /** The session that it is about. */
  #sessionId = ''
  readonly #invites: string[] = []
  readonly #said: Said
  #done = 0

  constructor(world: World, history: History, side: Side) {
    this.#world = world
    this.#history = history
    this.#side = side
    this.#said = new Said(history, side, world.claims)
  }

  async begin(): Promise<void> {
    const { owner, roles, people, groups } = this.#history
    for (const person of groups.slice(0, people).keys()) {
      await this.#do(this.#person(person), { do: 'groups', groups: groups[person] ?? [] }, false)
    }
    const maker = this.#person(owner)
    await this.#fill()
    const begun = await maker.ask('create', async () =>
      this.#world.sessions.create(await this.#world.proven(maker), this.#commandId('create'), 'Simulated'),
    )
    this.#sessionId = begun?.id ?? ''
    for (const [whom, role] of roles.slice(0, people).entries()) {
      this.#done++
      if (role && whom !== owner % people) await this.#do(maker, { do: 'role', whom, role }, false)
    }
    await maker.refresh(this.#sessionId)
  }

  /** What the workspace holds before anything is said: a secret, and what everybody may know. */
  async #fill(): Promise<void> {
    const { vaults } = this.#history
    const [secret = null] = vaults
    const nobodyElse = { people: [], groups: [] }
    const words = (length: number, from: number) => ({ script: { say: 0 }, length, from })
    const put = (name: string, readers: Choice, plain: Words, hidden = secret) =>
      this.#do(
        this.#person(0),
        { do: 'put', name, readers, words: plain, secret: hidden ?? both(plain) },
        false,
      )
    await put('secret', nobodyElse, words(0, 0))
    await put('open', 'everyone', words(90, 3), null)
    await put('public', 'everyone', words(60, 40), null)
  }

  /** True for a text that is another in the other run. */
  isSecret(number: number): boolean {
    return this.#said.isSecret(number)
  }

  /** @param late true when everything that was begun has long ended */
  async act(act: Act, late = false): Promise<void> {
    const { clock } = this.#world
    await clock.advanceTo(clock.now() + act.gap)
    this.#done++
    if (act.do === 'empty') return this.#empty()
    const who = this.#person(act.who === AUTHOR ? this.#said.authorOf(act) : act.who)
    // Answers may need time; what comes meanwhile is the next act.
    void this.#do(who, act, late).catch((error: unknown) => this.#world.failed(error))
    await clock.advanceTo(clock.now())
  }

  async #empty(): Promise<void> {
    const { clock, people } = this.#world
    const here = [...people.values()].filter((person) => person.here)
    for (const person of here) person.leave()
    await clock.advanceTo(clock.now() + AWAY_MS)
    for (const person of here) await this.#do(person, { do: 'come' }, false)
  }

  /** Everybody reads all that can be read. */
  async lookAround(): Promise<void> {
    for (const person of this.#world.people.values()) {
      for (const deed of ['describe', 'export', 'audit', 'invites', 'mine', 'list'] as const)
        await this.#do(person, { do: deed }, true)
      await this.#do(person, { do: 'view', ref: null }, true)
      await this.#search(person)
    }
  }

  async #do(who: Person, deed: Deed, late: boolean): Promise<void> {
    const { sessions } = this.#world
    switch (deed.do) {
      case 'prompt':
        return this.#prompt(who, deed)
      case 'edit': {
        const { promptId, laneId } = this.#said.waiting(deed.ref)
        const text = this.#said.text(
          deed.words,
          this.#said.onlyInsidersRead(this.#sessionId, laneId) ? deed.secret : null,
        )
        await this.#command(who, { type: 'prompt.edit', promptId, text })
        return
      }
      case 'withdraw':
        await this.#command(who, { type: 'prompt.withdraw', promptId: this.#said.waiting(deed.ref).promptId })
        return
      case 'move': {
        const before = deed.before && this.#said.waiting(deed.before).promptId
        const { promptId } = this.#said.waiting(deed.ref)
        await this.#command(who, { type: 'prompt.move', promptId, before })
        return
      }
      case 'retract':
        await this.#command(who, { type: 'message.retract', messageId: this.#said.message(deed.ref) })
        return
      case 'again':
        await this.#command(who, { type: 'message.regenerate', messageId: this.#said.message(deed.ref) })
        return
      case 'rename':
        await this.#command(who, { type: 'session.rename', title: deed.title })
        return
      case 'cancel':
        await this.#command(who, { type: 'turn.cancel', turnId: this.#said.claimed(deed.ref).turnId })
        return
      case 'decide':
        return this.#decide(who, deed)
      case 'share':
        return this.#share(who, deed, late)
      case 'fork':
        return this.#fork(who, deed)
      case 'state':
        await this.#read(who, deed.do, (session, actor) =>
          session.prompt(actor, this.#said.waiting(deed.ref).promptId),
        )
        return
      case 'page':
        await this.#read(who, deed.do, (session, actor) =>
          session.messages(actor, this.#said.claimed(deed.ref).laneId),
        )
        return
      case 'view': {
        const laneId = deed.ref ? this.#said.claimed(deed.ref).laneId : 'main'
        await this.#read(who, deed.do, (session, actor) => session.view(actor, laneId))
        return
      }
      case 'describe':
        await this.#read(who, deed.do, (session, actor) => session.describe(actor))
        return
      case 'export':
        await this.#read(who, deed.do, (session, actor) => session.export(actor))
        return
      case 'audit':
        await this.#read(who, deed.do, (session, actor) => session.audit(actor))
        return
      case 'invites':
        await this.#read(who, deed.do, (session, actor) => session.invites(actor))
        return
      case 'mine':
        await who.ask('mine', async () => sessions.mine(await this.#world.proven(who)))
        return
      case 'role': {
        const person = this.#person(deed.whom)
        const { userId: whom, name } = person.principal
        await this.#command(who, { type: 'member.set', userId: whom, role: deed.role, name })
        await person.refresh(this.#sessionId)
        return
      }
      case 'remove':
        await this.#command(who, {
          type: 'member.remove',
          userId: this.#person(deed.whom).principal.userId,
        })
        return
      case 'stop':
        await this.#command(who, { type: 'member.stop', userId: this.#person(deed.whom).principal.userId })
        return
      case 'put': {
        const secret = this.#isInsider(who) && isInside(deed.readers, this.#history) ? deed.secret : null
        const words = secret?.[this.#side] ?? deed.words
        const given = {
          title: `Title ${filler({ ...words, length: 20 })}`,
          text: filler(words),
          format: 'text' as const,
        }
        const audience = this.#audience(deed.readers)
        this.#done++
        await who.ask('put', async () => {
          const actor = await this.#world.proven(who)
          return this.#world.resources.put(actor, this.#commandId('put'), deed.name, { ...given, audience })
        })
        return
      }
      case 'take':
        await who.ask('take', async () => {
          const actor = await this.#world.proven(who)
          return this.#world.resources.remove(actor, this.#commandId('take'), deed.name)
        })
        return
      case 'list':
        await who.ask('list', async () => {
          const { userId } = await this.#world.proven(who)
          return (await this.#world.resources.list(userId)).map(resourceAnswerOf)
        })
        return
      case 'policy':
        await this.#command(who, { type: 'policy.set', withoutTools: deed.without })
        return
      case 'invite': {
        const inviteId = INVITES.id(`code ${this.#invites.length}`)
        this.#invites.push(inviteId)
        const expiresIn = 400_000
        await this.#command(who, { type: 'invite.make', inviteId, role: deed.role, uses: 2, expiresIn })
        return
      }
      case 'accept': {
        const inviteId = this.#invites.at(deed.invite) ?? 'none'
        await this.#read(who, 'invite', (session) => session.invite(inviteId))
        await this.#command(who, { type: 'invite.accept', inviteId })
        await who.refresh(this.#sessionId)
        return
      }
      case 'groups': {
        const groups = deed.groups.filter((group) => group !== 'in' || this.#isInsider(who))
        who.principal = { ...who.principal, groups }
        await this.#world.proven(who)
        return
      }
      case 'empty':
        return
      case 'speak':
        return who.speak()
      case 'leave':
        return who.leave()
      case 'come':
        who.here = true
        return who.refresh(this.#sessionId)
      case 'stick':
      case 'drain':
        return who.stick(deed.do === 'stick')
    }
  }

  /** For what stands in texts of all kinds, page by page: small ones, so that where one ends is told, too. */
  async #search(who: Person): Promise<void> {
    const { signal } = new AbortController()
    const limits = { hits: 3, messages: 5, sessions: 1 }
    const page = async (from: Cursor | undefined) =>
      searchSessions(
        this.#world.sessions,
        await this.#world.proven(who),
        { words: ['harbour'], signal, from },
        limits,
      )
    let next: Cursor | undefined
    do {
      const from: Cursor | undefined = next
      next = (await who.ask('search', () => page(from)))?.next ?? undefined
    } while (next)
  }

  async #prompt(who: Person, deed: Extract<Deed, { do: 'prompt' }>): Promise<void> {
    const secret = this.#isInsider(who) && isInside(deed.readers, this.#history) ? deed.secret : null
    const text = this.#said.text(this.#history.wordy ? longer(deed.words) : deed.words, secret)
    const accepted = this.#said.asks(Number(who.principal.userId.slice(1)))
    const audience = this.#audience(deed.readers)
    const answer = await this.#command(who, { type: 'prompt.submit', text, audience })
    accepted(answer?.promptId)
  }

  /** Insiders may tell others what is no secret: not an answer that was made from one, nor while its making could show. */
  async #share(who: Person, { ref, readers }: Extract<Deed, { do: 'share' }>, late: boolean): Promise<void> {
    const { laneId } = this.#said.claimed(ref)
    // Whether a full queue took it at all may hang on a secret.
    const plain = late && !this.#history.tight && ref.part === 'question' && this.#said.isPlain(ref)
    const tells = this.#said.onlyInsidersRead(this.#sessionId, laneId) && !isInside(readers, this.#history)
    if (this.#isInsider(who) && tells && !plain) return
    const [messageId, audience] = [this.#said.message(ref), this.#audience(readers)]
    await this.#command(who, { type: 'message.share', messageId, audience })
  }

  async #fork(who: Person, { ref, words }: Extract<Deed, { do: 'fork' }>): Promise<void> {
    const text = this.#said.text(words, null)
    const { laneId } = this.#said.claimed(ref)
    const forked = await who.ask('fork', async () => {
      const from = { sessionId: this.#sessionId, laneId, seq: 2 }
      return this.#world.sessions.fork(await this.#world.proven(who), this.#commandId('fork'), from)
    })
    if (!forked || !who.here) return
    if (this.#said.onlyInsidersRead(this.#sessionId, laneId)) this.#world.inside.add(forked.id)
    await who.refresh(forked.id)
    await this.#command(who, { type: 'prompt.submit', text }, forked.id)
  }

  async #decide(who: Person, { ref, decision }: Extract<Deed, { do: 'decide' }>): Promise<void> {
    const { turnId } = this.#said.claimed(ref)
    const { state } = await this.#world.sessions.open(this.#sessionId)
    const entries = Object.values(state.lanes).flatMap((lane) => lane.entries)
    const calls = entries.filter((entry) => entry.turnId === turnId).flatMap((entry) => entry.calls)
    const call = calls.findLast(({ approver }) => approver !== undefined)
    const { callId = 'k_none', argsHash = 'none' } = call ?? {}
    await this.#command(who, { type: 'call.decide', turnId, callId, argsHash, decision })
  }

  async #command<T extends Command['type']>(
    who: Person,
    command: Extract<Command, { type: T }>,
    sessionId = this.#sessionId,
  ) {
    return who.ask(command.type, async () => {
      const session = await this.#world.sessions.open(sessionId)
      const actor = await this.#world.proven(who)
      return session.execute<T>(actor, this.#commandId(command.type), command)
    })
  }

  async #read<T>(
    who: Person,
    what: string,
    read: (session: Session, actor: Person['principal']) => Promise<T>,
  ): Promise<T | undefined> {
    return who.ask(what, async () => {
      const session = await this.#world.sessions.open(this.#sessionId)
      return read(session, await this.#world.proven(who))
    })
  }

  /** The same in both runs, whatever else is done in them. */
  #commandId(what: string): string {
    return `${this.#done} ${what}`
  }

  #isInsider({ principal: { userId } }: Person): boolean {
    return userIds(this.#history.insiders).includes(userId)
  }

  #person(number: number): Person {
    const { people, owner } = this.#history
    const person = this.#world.people.get(`p${(number === OWNER ? owner : number) % people}`)
    if (!person) throw new Error(`there is no person ${number}`)
    return person
  }

  #audience(readers: Choice): Audience {
    if (readers === 'everyone') return readers
    const people = readers.people.map((each) => this.#person(each).principal.userId)
    return [...people, ...readers.groups.map((group) => `group:${group}`)]
  }
}

/** A few of these, and a lane is summed up. */
function longer({ script, length, from }: Words): Words {
  return { script: { ...script, say: script.say + 14_000 }, length: Math.min(30_000, length + 16_000), from }
}

const both = (words: Words): Secret => ({ left: words, right: words })

type Session = Awaited<ReturnType<World['sessions']['open']>>
