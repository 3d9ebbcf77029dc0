import { type Audience, DEFAULT_LIMITS, type Limits, type Message, type ToolPart } from '@colloquy/shared'
import type { PromptAnswer } from '@colloquy/shared/answers'
import { onTestFinished } from 'vitest'
import { FINGERPRINT } from '../../server/access/fingerprint.fixture.ts'
import { OPEN_RIGHTS, type Rights } from '../../server/access/rights.ts'
import { createLogger } from '../../server/http/logging.ts'
import type { Journal } from '../../server/journal/journal.ts'
import { openSqliteJournal } from '../../server/journal/sqlite-journal.ts'
import type { ModelCall, ModelPart, ModelPort } from '../../server/model/port.ts'
import type { CommandOf } from '../../server/session/api.ts'
import { laneContent } from '../../server/session/lane-content.ts'
import { Session } from '../../server/session/session.ts'
import { createToolbox } from '../../server/tools/toolbox.ts'
import { ManualClock } from './clock.ts'
import type { CountingTool } from './counting-tool.ts'
import { hookedJournal, type JournalHooks } from './faulty-journal.ts'
import { principal } from './people.ts'
import { recordingRooms } from './recording.ts'
import { temporaryFolder } from './server.ts'

/** What a scripted model says at one step. */
export type Step = readonly ModelPart[] | ((call: ModelCall, signal: AbortSignal) => AsyncIterable<ModelPart>)

export const say = (text: string): ModelPart => ({ type: 'text', text })
export const wish = (tool: string, args: unknown = {}): ModelPart => ({ type: 'tool-call', tool, args })
export const stop: ModelPart = { type: 'finish', finish: 'stop' }
export const calls: ModelPart = { type: 'finish', finish: 'tool-calls' }

/**
 * One session on a real journal, with a scripted model, tools of the test's and a clock that it moves: turns at
 * the pace of the machine, and a process that dies at a chosen write.
 */
export class TurnHouse {
  readonly clock = new ManualClock()
  readonly asked: ModelCall[] = []
  readonly tools: CountingTool[]
  /** What the model says, by the question's text and the number of the step. */
  readonly script = new Map<string, readonly Step[]>()
  /** Groups of people, and tools that somebody may not use; read anew at each question. */
  readonly groups = new Map<string, readonly string[]>()
  readonly withheld = new Set<string>()
  limits: Limits = DEFAULT_LIMITS
  session: Session
  /** What the sessions' calls of the store go through; looked up at each call. */
  readonly hooks: JournalHooks = {}
  readonly #journal: Journal
  #crashAt = Infinity
  #crashed: () => void = () => undefined
  /** Appends so far, named by their events. */
  readonly appends: string[] = []
  #ids = 0

  private constructor(journal: Journal, tools: CountingTool[]) {
    this.#journal = journal
    this.tools = tools
    this.session = undefined as unknown as Session
  }

  static async start(tools: CountingTool[] = []): Promise<TurnHouse> {
    const journal = await openSqliteJournal({ folder: await temporaryFolder() })
    onTestFinished(() => journal.close())
    const house = new TurnHouse(journal, tools)
    house.session = await house.#open()
    await house.session.begin(principal('ana'), house.id(), { title: 'Test' })
    for (const [userId, role] of [
      ['bo', 'prompter'],
      ['mo', 'moderator'],
    ] as const) {
      await house.act('ana', { type: 'member.set', userId, role })
    }
    house.session.start()
    return house
  }

  id(): string {
    return `id-${++this.#ids}`
  }

  act<T extends Parameters<Session['execute']>[2]['type']>(who: string, command: CommandOf<T>) {
    return this.session.execute(principal(who), this.id(), command)
  }

  async ask(who: string, text: string, steps: readonly Step[], audience?: Audience): Promise<string> {
    this.script.set(text, steps)
    const { promptId } = await this.submit(who, text, audience)
    return promptId
  }

  /** A question that the model answers with nothing, unless it has a script. */
  submit(who: string, text: string, audience?: Audience): Promise<PromptAnswer> {
    return this.act<'prompt.submit'>(who, { type: 'prompt.submit', text, audience })
  }

  /** The code that a command is refused with. */
  async refusal<T extends Parameters<Session['execute']>[2]['type']>(who: string, command: CommandOf<T>) {
    return this.act(who, command).then(
      () => 'accepted',
      (error: { code?: string }) => error.code,
    )
  }

  /** The process is gone: nothing it still does reaches the journal. Then a new one opens the session. */
  async restart(): Promise<void> {
    this.#crashAt = 0
    // It never comes to its end: its journal answers no more.
    this.session.close().catch(() => undefined)
    this.#crashAt = Infinity
    await this.reopen()
  }

  async reopen(): Promise<void> {
    this.session = await this.#open()
    this.session.start()
  }

  /** Dies before (`.5` after) the append with this number, counted from now. Resolves when it has died. */
  crashAt(append: number): Promise<void> {
    this.#crashAt = this.appends.length + append
    return new Promise((resolve) => {
      this.#crashed = resolve
    })
  }

  /** Lets everything happen that needs no time to pass, until `condition` holds. */
  async until(condition: () => boolean): Promise<void> {
    for (let i = 0; !condition(); i++) {
      if (i > 5_000)
        throw new Error(`never: ${condition}\n${JSON.stringify(this.messages().at(-1), null, 1)}`)
      await this.#breathe()
    }
  }

  /** Time passes once what is under way has come to rest. */
  async later(ms: number): Promise<void> {
    await this.rest()
    this.clock.advance(ms)
    await this.rest()
  }

  /** Lets what is under way come to rest. */
  async rest(): Promise<void> {
    for (let before = -1; before !== this.appends.length; ) {
      before = this.appends.length
      for (let i = 0; i < 8; i++) await this.#breathe()
    }
  }

  /** A read of the store comes after everything that was to be written. */
  async #breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    await this.#journal.command('s', 'nobody', 'nothing')
  }

  async ended(): Promise<void> {
    await this.until(
      () =>
        Object.keys(this.session.state.turns).length === 0 &&
        Object.keys(this.session.state.prompts).length === 0,
    )
    await this.rest()
  }

  /** The messages as the journal has them: what everybody sees. */
  async told(who = 'ana'): Promise<Message[]> {
    return (await this.session.export(principal(who))).messages as Message[]
  }

  messages(laneId = 'main'): Message[] {
    return laneContent(this.session.state, laneId, new Map())?.messages ?? []
  }

  #rights(): Rights {
    return {
      ...OPEN_RIGHTS,
      groups: (userId) => this.groups.get(userId) ?? [],
      knowsGroup: (group) => [...this.groups.values()].flat().includes(group),
      mayUse: (tool, userId) => !this.withheld.has(`${tool} ${userId}`),
      mayApprove: (tool, userId) => !this.withheld.has(`approve ${tool} ${userId}`),
    }
  }

  /** What the store has, beside what the session tells of it. */
  get journal(): Journal {
    return this.#journal
  }

  get turn() {
    return Object.values(this.session.state.turns)[0]
  }

  async #open(): Promise<Session> {
    const journal = hookedJournal(this.hooks)(this.#dying())
    return Session.open(
      's',
      {
        ...{ journal, rooms: recordingRooms(() => undefined), model: this.#model(), clock: this.clock },
        ...{ newId: (prefix: string) => `${prefix}${++this.#ids}`, random: () => 0, limits: this.limits },
        toolbox: createToolbox(() => this.tools),
        rights: this.#rights(),
        log: createLogger({ level: process.env.LOG ?? 'silent' }),
        teamText: () => '',
        fingerprint: FINGERPRINT,
      },
      () => undefined,
    )
  }

  /** The journal as a process sees it that dies at `crashAt`: from then on nothing answers. */
  #dying(): Journal {
    const never = new Promise<never>(() => undefined)
    let dead = false
    const die = () => {
      dead = true
      this.#crashed()
      return never
    }
    return new Proxy(this.#journal, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        return async (...args: unknown[]) => {
          if (dead || this.#crashAt === 0) return die()
          if (key !== 'append') return value.apply(target, args)
          const n = this.appends.length
          if (n === this.#crashAt) return die()
          const batch = args[1] as { events: { event: { type: string } }[] }
          this.appends.push(batch.events.map(({ event }) => event.type).join('+') || 'text')
          const done = await value.apply(target, args)
          if (n + 0.5 === this.#crashAt) return die()
          return done
        }
      },
    })
  }

  #model(): ModelPort {
    const { asked, script } = this
    return {
      defaultModel: 'scripted',
      models: ['scripted'],
      async *stream(call, signal) {
        asked.push(call)
        const at = call.messages.findLastIndex(({ role }) => role === 'user')
        const question = call.messages[at]
        const step = call.messages.slice(at).filter(({ role }) => role === 'tool').length
        const said = script.get(question?.role === 'user' ? question.text : '')?.[step]
        if (!said) yield { type: 'finish', finish: 'stop' }
        else if (typeof said === 'function') yield* said(call, signal)
        else yield* said
      },
    }
  }
}

/** The tool parts of a message. */
export function toolParts(message: Message | undefined): ToolPart[] {
  return message?.parts.flatMap((part) => (part.type === 'dynamic-tool' ? [part] : [])) ?? []
}
