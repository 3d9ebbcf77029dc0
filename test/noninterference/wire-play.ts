import { MESSAGE } from '@colloquy/shared'
import type { Client } from '../../server/sync/house.fixture.ts'
import type { Act, Choice, Deed, History, Ref, Side } from './history.ts'
import { AUTHOR, OWNER } from './history.ts'
import { isInside, userIds } from './play.ts'
import { Renamed } from './renamed.ts'
import { filler, promptText, type Words } from './script.ts'
import { Wire } from './wire.ts'

/** What each person who may not learn the secret was told over real sockets: what it was, and in what words. */
export type Told = ReadonlyMap<string, readonly { what: string; words: string }[]>

/** Plays a history on a real server: each act comes when what it could race with has come to rest. */
export async function playOnWire(history: History, side: Side): Promise<Told> {
  const wire = await Wire.start()
  try {
    return await new WirePlay(wire, history, side).run()
  } finally {
    await wire.stop()
  }
}

/** A connection that stays open, and how often it had been told to ask anew when its person last did. */
interface Line {
  userId: string
  doc: string
  client: Client
  rings: number
  ended: boolean
}

class WirePlay {
  readonly #wire: Wire
  readonly #history: History
  readonly #side: Side
  readonly #people: string[]
  readonly #insiders: string[]
  readonly #told = new Map<string, { what: string; words: string }[]>()
  readonly #names = new Map<string, Renamed>()
  readonly #lines: Line[] = []
  readonly #prompts: { promptId: string; author: number; plain: boolean }[] = []
  #sessionId = ''

  constructor(wire: Wire, history: History, side: Side) {
    this.#wire = wire
    this.#history = history
    this.#side = side
    this.#people = userIds(history.people)
    this.#insiders = userIds(history.insiders)
  }

  async run(): Promise<Told> {
    await this.#begin()
    for (const act of this.#history.acts) await this.#act(act, false)
    await this.#wire.rest(this.#sessionId, () => true)
    for (const act of this.#history.epilogue) await this.#act(act, true)
    await this.#wire.rest(this.#sessionId, () => true)
    for (const userId of this.#people) await this.#lookAround(userId)
    await this.#follow()
    for (const { userId, client } of this.#lines) {
      this.#tell(userId, 'all the time', await this.#wire.contentOf(client))
      client.ws.terminate()
    }
    return this.#told
  }

  async #begin(): Promise<void> {
    const { owner, roles, vaults } = this.#history
    const secret = vaults.map((each) => filler(each[this.#side]))
    this.#wire.vaults.set('in', { audience: this.#insiders, text: secret[0] ?? '' })
    this.#wire.vaults.set('first', { audience: this.#people.slice(0, 1), text: secret[1] ?? '' })
    this.#wire.vaults.set('all', { audience: 'everyone', text: 'for everyone' })
    const maker = this.#person(owner)
    const { body } = await this.#wire.ask(maker, 'POST', '/sessions', { title: 'Simulated' })
    this.#sessionId = (body as { id: string }).id
    for (const [whom, role] of roles.slice(0, this.#people.length).entries()) {
      if (role && this.#person(whom) !== maker) await this.#do(maker, { do: 'role', whom, role }, false)
    }
    for (const userId of this.#people) await this.#open(userId)
  }

  /** Opens what this person may read and has not open. */
  async #open(userId: string): Promise<void> {
    const told = await this.#wire.session(userId, this.#sessionId)
    for (const { doc } of told?.lanes ?? []) {
      if (this.#lines.some((line) => line.userId === userId && line.doc === doc)) continue
      const client = await this.#wire.connect(userId, this.#sessionId, doc)
      this.#lines.push({ userId, doc, client, rings: 0, ended: false })
    }
  }

  /** Everybody does what a client does: whoever was told to ask anew, or was cut off, does and opens what is new. */
  async #follow(): Promise<void> {
    for (const line of [...this.#lines]) {
      if (line.ended) continue
      const closed = await this.#wire.arrived(line.client)
      const rings = line.client.frames.filter(([type]) => type === MESSAGE.auth).length
      if (closed !== null || rings > line.rings) await this.#open(line.userId)
      line.ended = closed !== null
      line.rings = rings
    }
  }

  async #act(act: Act, late: boolean): Promise<void> {
    await this.#wire.rest(this.#sessionId, (laneId) => !this.#onlyInsidersRead(laneId))
    await this.#follow()
    const ref = 'ref' in act ? act.ref : null
    const who = act.who === AUTHOR ? (this.#prompt(ref)?.author ?? 0) : act.who
    await this.#do(this.#person(who), act, late)
  }

  async #do(who: string, deed: Deed, late: boolean): Promise<void> {
    const at = `/sessions/${this.#sessionId}`
    switch (deed.do) {
      case 'prompt':
        return this.#submit(who, deed)
      case 'share': {
        const inner = this.#onlyInsidersRead(this.#claim(deed.ref).laneId)
        const plain = late && deed.ref.part === 'question' && this.#prompt(deed.ref)?.plain
        if (this.#insiders.includes(who) && inner && !isInside(deed.readers, this.#history) && !plain) return
        const audience = this.#audience(deed.readers)
        return this.#ask(who, 'POST', `${at}/messages/${this.#message(deed.ref)}/share`, { audience })
      }
      case 'retract':
        return this.#ask(who, 'DELETE', `${at}/messages/${this.#message(deed.ref)}`)
      case 'again':
        return this.#ask(who, 'POST', `${at}/messages/${this.#message(deed.ref)}/regenerate`, {})
      case 'rename':
        return this.#ask(who, 'PATCH', at, { title: deed.title })
      case 'withdraw':
        return this.#ask(who, 'DELETE', `${at}/prompts/${this.#prompt(deed.ref)?.promptId ?? 'p_none'}`)
      case 'state':
        return this.#ask(who, 'GET', `${at}/prompts/${this.#prompt(deed.ref)?.promptId ?? 'p_none'}`)
      case 'cancel':
        return this.#ask(who, 'POST', `${at}/turns/${this.#claim(deed.ref).turnId}/cancel`, {})
      case 'page':
        return this.#ask(who, 'GET', `${at}/lanes/${this.#claim(deed.ref).laneId}/messages`)
      case 'view':
        return this.#ask(who, 'GET', `${at}/view${deed.ref ? `?lane=${this.#claim(deed.ref).laneId}` : ''}`)
      case 'role':
        return this.#ask(who, 'PUT', `${at}/members/${this.#person(deed.whom)}`, { role: deed.role })
      case 'remove':
        return this.#ask(who, 'DELETE', `${at}/members/${this.#person(deed.whom)}`)
      case 'stop':
        return this.#ask(who, 'POST', `${at}/members/${this.#person(deed.whom)}/stop`, {})
      case 'policy':
        return this.#ask(who, 'PUT', `${at}/policy`, { withoutTools: deed.without })
      case 'put': {
        const secret = this.#mayKeep(who, deed.readers) ? deed.secret : null
        const words = secret?.[this.#side] ?? deed.words
        const text = filler(words)
        const given = {
          title: `Title ${text.slice(0, 20)}`.trim(),
          text,
          audience: this.#audience(deed.readers),
        }
        return this.#ask(who, 'PUT', `/resources/${deed.name}`, given)
      }
      case 'take':
        return this.#ask(who, 'DELETE', `/resources/${deed.name}`)
      case 'list':
        return this.#ask(who, 'GET', '/resources')
      case 'describe':
        return this.#ask(who, 'GET', at)
      case 'export':
        return this.#ask(who, 'GET', `${at}/export?format=json`)
      case 'audit':
        return this.#ask(who, 'GET', `${at}/audit`)
      case 'invites':
        return this.#ask(who, 'GET', `${at}/invites`)
      case 'mine':
        return this.#ask(who, 'GET', '/sessions')
      default:
        // What needs a clock or a client of its own is played under virtual time.
        return
    }
  }

  async #submit(who: string, { readers, words, secret }: Extract<Deed, { do: 'prompt' }>): Promise<void> {
    const hidden = this.#mayKeep(who, readers) ? secret : null
    const text = promptText(this.#prompts.length, withoutConsent(hidden?.[this.#side] ?? words))
    const path = `/sessions/${this.#sessionId}/prompts`
    const given = { text, audience: this.#audience(readers) }
    const { status, body } = await this.#wire.ask(who, 'POST', path, given)
    const { promptId = 'p_none' } = body as { promptId?: string }
    this.#prompts.push({ promptId, author: Number(who.slice(1)), plain: hidden === null })
    this.#tell(who, 'POST prompts', { status, body })
  }

  /** Everything that can be read, and every doc once more. */
  async #lookAround(userId: string): Promise<void> {
    for (const deed of ['describe', 'export', 'audit', 'invites', 'mine', 'list'] as const)
      await this.#do(userId, { do: deed }, true)
    const told = await this.#wire.session(userId, this.#sessionId)
    for (const { doc } of told?.lanes ?? []) {
      const client = await this.#wire.connect(userId, this.#sessionId, doc)
      await client.synced()
      this.#tell(userId, 'a lane', await this.#wire.contentOf(client))
      client.ws.terminate()
    }
  }

  async #ask(userId: string, method: string, path: string, body?: object): Promise<void> {
    const [, what = ''] = /\/([a-z]+)[^/]*$/.exec(path) ?? []
    this.#tell(userId, `${method} ${what}`, await this.#wire.ask(userId, method, path, body))
  }

  #tell(userId: string, what: string, value: unknown): void {
    if (this.#insiders.includes(userId)) return
    const names = this.#names.get(userId) ?? new Renamed()
    this.#names.set(userId, names)
    this.#told.set(userId, [...(this.#told.get(userId) ?? []), { what, words: names.of(value) }])
  }

  #mayKeep(who: string, readers: Choice): boolean {
    return this.#insiders.includes(who) && isInside(readers, this.#history)
  }

  #person(number: number): string {
    return `p${(number === OWNER ? this.#history.owner : number) % this.#people.length}`
  }

  #prompt(ref: Ref | null) {
    return ref ? this.#prompts.at(ref.prompt % Math.max(1, this.#prompts.length)) : undefined
  }

  #claim(ref: Ref) {
    const prompt = this.#prompt(ref)
    const turns = this.#wire.claims.ofNumber(prompt ? this.#prompts.indexOf(prompt) : -1)
    return turns[ref.turn] ?? { laneId: 'l_none', turnId: 't_none', questionId: 'm_none', answerId: 'm_none' }
  }

  #message(ref: Ref): string {
    const { questionId, answerId } = this.#claim(ref)
    return ref.part === 'question' ? questionId : answerId
  }

  #audience(readers: Choice) {
    if (readers === 'everyone') return readers
    return readers.people.map((each) => this.#person(each))
  }

  #onlyInsidersRead(laneId: string): boolean {
    const audience = this.#wire.claims.audience(this.#sessionId, laneId)
    return audience !== 'everyone' && audience.every((userId) => this.#insiders.includes(userId))
  }
}

/** Nobody is asked: a call that waits for consent would wait in real time. */
function withoutConsent({ script, ...rest }: Words): Words {
  const steps = script.steps?.map((wishes) =>
    wishes.map(({ tool, args }) => ({ tool: tool.startsWith('ask.') ? 'look' : tool, args })),
  )
  return { ...rest, script: { ...script, ...(steps ? { steps } : {}) } }
}
