import type { Audience } from '@colloquy/shared'
import type { Command } from '../../server/session/api.ts'
import { type Choice, type Deed, type History, OWNER, type Secret, type Side } from './history.ts'
import type { Person } from './person.ts'
import { isInside, userIds } from './play.ts'
import { Said } from './said.ts'
import type { World } from './world.ts'

type Session = Awaited<ReturnType<World['sessions']['open']>>

/** What one person does. */
export type OwnDeed = Exclude<Deed, { do: 'empty' }>

/** Does a deed. `late`: everything that was begun has long ended. */
export type Doing<D extends OwnDeed> = (scene: Scene, who: Person, deed: D, late: boolean) => unknown

export type Doings = { [Do in OwnDeed['do']]: Doing<OwnDeed & { do: Do }> }

/** Where people do what a history says: its session, what was said there, and how anybody does anything in it. */
export class Scene {
  readonly world: World
  readonly history: History
  readonly side: Side
  readonly said: Said
  readonly invites: string[] = []
  /** The session that it is about. */
  sessionId = ''
  #done = 0

  constructor(world: World, history: History, side: Side) {
    this.world = world
    this.history = history
    this.side = side
    this.said = new Said(history, side, world.claims)
  }

  /** What is done from here on is another deed. */
  nextDeed(): void {
    this.#done++
  }

  /** The same in both runs, whatever else is done in them. */
  commandId(what: string): string {
    return `${this.#done} ${what}`
  }

  async command<T extends Command['type']>(
    who: Person,
    command: Extract<Command, { type: T }>,
    sessionId = this.sessionId,
  ) {
    return who.ask(command.type, async () => {
      const session = await this.world.sessions.open(sessionId)
      const actor = await this.world.proven(who)
      return session.execute<T>(actor, this.commandId(command.type), command)
    })
  }

  async read<T>(
    who: Person,
    what: string,
    read: (session: Session, actor: Person['principal']) => Promise<T>,
  ): Promise<T | undefined> {
    return who.ask(what, async () => {
      const session = await this.world.sessions.open(this.sessionId)
      return read(session, await this.world.proven(who))
    })
  }

  person(number: number): Person {
    const { people, owner } = this.history
    const person = this.world.people.get(`p${(number === OWNER ? owner : number) % people}`)
    if (!person) throw new Error(`there is no person ${number}`)
    return person
  }

  isInsider({ principal: { userId } }: Person): boolean {
    return userIds(this.history.insiders).includes(userId)
  }

  /** The secret, where an insider says it to insiders alone. */
  secretOf(who: Person, { readers, secret }: { readers: Choice; secret: Secret | null }): Secret | null {
    return this.isInsider(who) && isInside(readers, this.history) ? secret : null
  }

  audience(readers: Choice): Audience {
    if (readers === 'everyone') return readers
    const people = readers.people.map((each) => this.person(each).principal.userId)
    return [...people, ...readers.groups.map((group) => `group:${group}`)]
  }
}
