import { type Act, AUTHOR, type Choice, type History, type Secret, type Side } from './history.ts'
import { MEMBER_DEEDS } from './member-deeds.ts'
import type { Person } from './person.ts'
import { READING_DEEDS, search } from './reading-deeds.ts'
import { type Doing, type Doings, type OwnDeed, Scene } from './scene.ts'
import type { Words } from './script.ts'
import { TALK_DEEDS } from './talk-deeds.ts'
import { WORKSPACE_DEEDS } from './workspace-deeds.ts'
import type { World } from './world.ts'

/** Longer than a session stays in memory without anybody. */
const AWAY_MS = 120_000

const DOINGS: Doings = { ...TALK_DEEDS, ...READING_DEEDS, ...MEMBER_DEEDS, ...WORKSPACE_DEEDS }

/** Carries out what a history says that people do. */
export class Deeds {
  readonly #world: World
  readonly #history: History
  readonly #scene: Scene

  constructor(world: World, history: History, side: Side) {
    this.#world = world
    this.#history = history
    this.#scene = new Scene(world, history, side)
  }

  async begin(): Promise<void> {
    const scene = this.#scene
    const { owner, roles, people, groups } = this.#history
    for (const person of groups.slice(0, people).keys()) {
      await this.#do(scene.person(person), { do: 'groups', groups: groups[person] ?? [] })
    }
    const maker = scene.person(owner)
    await this.#fill()
    const begun = await maker.ask('create', async () =>
      this.#world.sessions.create(await this.#world.proven(maker), scene.commandId('create'), 'Simulated'),
    )
    scene.sessionId = begun?.id ?? ''
    for (const [whom, role] of roles.slice(0, people).entries()) {
      scene.nextDeed()
      if (role && whom !== owner % people) await this.#do(maker, { do: 'role', whom, role })
    }
    await maker.refresh(scene.sessionId)
  }

  /** What the workspace holds before anything is said: a secret, and what everybody may know. */
  async #fill(): Promise<void> {
    const { vaults } = this.#history
    const [secret = null] = vaults
    const nobodyElse = { people: [], groups: [] }
    const words = (length: number, from: number) => ({ script: { say: 0 }, length, from })
    const put = (name: string, readers: Choice, plain: Words, hidden = secret) =>
      this.#do(this.#scene.person(0), {
        do: 'put',
        name,
        readers,
        words: plain,
        secret: hidden ?? both(plain),
      })
    await put('secret', nobodyElse, words(0, 0))
    await put('open', 'everyone', words(90, 3), null)
    await put('public', 'everyone', words(60, 40), null)
  }

  /** True for a text that is another in the other run. */
  isSecret(number: number): boolean {
    return this.#scene.said.isSecret(number)
  }

  /** @param late true when everything that was begun has long ended */
  async act(act: Act, late = false): Promise<void> {
    const { clock } = this.#world
    await clock.advanceTo(clock.now() + act.gap)
    this.#scene.nextDeed()
    if (act.do === 'empty') return this.#empty()
    const who = this.#scene.person(act.who === AUTHOR ? this.#scene.said.authorOf(act) : act.who)
    // Answers may need time; what comes meanwhile is the next act.
    void this.#do(who, act, late).catch((error: unknown) => this.#world.failed(error))
    await clock.advanceTo(clock.now())
  }

  async #empty(): Promise<void> {
    const { clock, people } = this.#world
    const here = [...people.values()].filter((person) => person.here)
    for (const person of here) person.leave()
    await clock.advanceTo(clock.now() + AWAY_MS)
    for (const person of here) await this.#do(person, { do: 'come' })
  }

  /** Everybody reads all that can be read. */
  async lookAround(): Promise<void> {
    for (const person of this.#world.people.values()) {
      for (const deed of ['describe', 'export', 'audit', 'invites', 'mine', 'list'] as const)
        await this.#do(person, { do: deed }, true)
      await this.#do(person, { do: 'view', ref: null }, true)
      await search(this.#scene, person)
    }
  }

  async #do(who: Person, deed: OwnDeed, late = false): Promise<void> {
    // What bears its name takes just this deed.
    const doing: Doing<never> = DOINGS[deed.do]
    await doing(this.#scene, who, deed as never, late)
  }
}

const both = (words: Words): Secret => ({ left: words, right: words })
