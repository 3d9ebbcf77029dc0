import { type Audience, names } from '@colloquy/shared'
import type { ModelCall } from '../../server/model/port.ts'
import { principal } from '../kit/people.ts'
import { Deeds } from './deeds.ts'
import type { Choice, History, Side } from './history.ts'
import { filler, numberOf } from './script.ts'
import { countImmediates } from './stillness.ts'
import type { ReadableCall, Trace } from './trace.ts'
import { type Faults, World } from './world.ts'

/** When everything that was begun has ended, in ms: a call that waits for consent gives up after ten minutes. */
const LONG_MS = 1_200_000

/** Runs a history with one of its two secrets. @throws when something broke inside that no answer tells */
export async function play(history: History, side: Side, faults: Faults = {}): Promise<Trace> {
  const stop = countImmediates()
  try {
    return await new Play(history, side, faults).run()
  } finally {
    stop()
  }
}

class Play {
  readonly #history: History
  readonly #side: Side
  readonly #world: World
  readonly #calls = new Map<string, ReadableCall[]>()
  readonly #insiders: readonly string[]
  #deeds: Deeds | undefined

  constructor(history: History, side: Side, faults: Faults) {
    this.#history = history
    this.#side = side
    this.#insiders = userIds(history.insiders)
    this.#world = new World((call, json) => this.#heard(call, json), faults, history.tight)
  }

  async run(): Promise<Trace> {
    const world = await this.#world.start()
    this.#fillVaults()
    for (const userId of userIds(this.#history.people)) await world.join(principal(userId))
    const deeds = new Deeds(world, this.#history, this.#side)
    this.#deeds = deeds
    await deeds.begin()
    for (const act of this.#history.acts) await deeds.act(act)
    await world.clock.advanceTo(world.clock.now() + LONG_MS)
    for (const act of this.#history.epilogue) await deeds.act(act, true)
    await deeds.lookAround()
    await world.clock.advanceTo(world.clock.now() + LONG_MS)
    const [failure] = world.failures
    if (failure !== undefined) throw new Error(`the server broke: ${failure}`)
    const outsiders = [...world.people].filter(([userId]) => !this.#insiders.includes(userId))
    return { outsiders: new Map(outsiders), calls: this.#calls, happened: this.#happened() }
  }

  #happened(): string[] {
    const said = [...this.#world.people.values()].flatMap(({ exchanges }) =>
      exchanges.map(({ asked, status, body }) => {
        const what = asked.startsWith('GET /sessions') ? 'GET' : asked
        return `${what}: ${status === 200 ? 'ok' : (JSON.parse(body) as { error: { code: string } }).error.code}`
      }),
    )
    return [...said, ...this.#world.claims.happened]
  }

  #fillVaults(): void {
    const [inside, first] = this.#history.vaults.map((secret) => filler(secret[this.#side]))
    const all = userIds(this.#history.people)
    const { vaults } = this.#world
    vaults.set('in', { audience: this.#insiders, text: inside ?? '' })
    vaults.set('first', { audience: all.slice(0, 1), text: first ?? '' })
    vaults.set('mix', { audience: [all[0] ?? '', all.at(-1) ?? ''], text: 'for the first and the last' })
    vaults.set('others', { audience: all.slice(this.#history.insiders), text: 'for all but the insiders' })
    vaults.set('all', { audience: 'everyone', text: 'for everyone' })
  }

  /** What is answered to insiders alone is theirs; every other call is somebody's to read. */
  #heard(call: ModelCall, json: string): void {
    const { sessionId, readers } = this.#placeOf(call)
    if (this.#world.inside.has(sessionId)) return
    if (readers !== 'everyone' && readers.every((userId) => names(this.#insiders, userId))) return
    const key = `${sessionId} ${JSON.stringify(readers)}`
    const calls = this.#calls.get(key) ?? []
    this.#calls.set(key, [...calls, { at: this.#world.clock.now(), json }])
  }

  /** Which session a call is for, and who reads what comes of it. */
  #placeOf({ messages }: ModelCall): { sessionId: string; readers: Audience } {
    const { claims, inside } = this.#world
    const [first] = messages
    const asked = messages.findLast((message) => message.role === 'user')
    if (asked) {
      const { id, seq, readers = 'everyone' } = asked.from
      // Words that were said before are not told again: then a question may have lost its number.
      const number = numberOf(asked.text)
      // What is asked again bears the same one.
      const claim = claims.at(id, seq, readers, number)
      if (!claim) throw new Error(`a call for no turn: ${JSON.stringify(asked)}`)
      return { sessionId: claim.sessionId, readers: claims.audience(claim.sessionId, claim.laneId) }
    }
    // A summary, which has no question. Copies of an insiders' lane are summed up in sessions of their own.
    const { readers = 'everyone' } = first?.role === 'context' ? first : {}
    const notes = first?.role === 'context' && 'notes' in first ? first.notes : []
    const secret = notes.some(({ text }) => this.#deeds?.isSecret(numberOf(text) ?? -1))
    const [fork] = secret ? inside : []
    return { sessionId: fork ?? 'summary', readers }
  }
}

export function userIds(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `p${n}`)
}

/** True when nobody but insiders can be among these readers, whoever asks. */
export function isInside(choice: Choice, { insiders }: History): boolean {
  if (choice === 'everyone') return false
  return choice.people.every((each) => each < insiders) && !choice.groups.includes('mix')
}
