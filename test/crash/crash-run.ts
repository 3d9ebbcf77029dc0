import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { connect, type Session, type Snapshot } from '@colloquy/client'
import type { ExportAnswer } from '@colloquy/shared/answers'
import { ModelServer } from '../kit/model-server.ts'
import { ServerProcess } from '../kit/process.ts'
import { readScript } from '../kit/script.ts'
import { temporaryFolder } from '../kit/server.ts'
import { ToolServer } from '../kit/tool-server.ts'
import { asServed, until } from '../kit/until.ts'
import { IMPATIENT } from './impatient.ts'
import { committedSteps, eventsIn } from './journal-copy.ts'
import type { Round } from './rounds.ts'
import { ScriptedSession } from './scripted-session.ts'
import { problems } from './verdict.ts'
import { watch } from './watch.ts'

/** Server time runs this much faster: to park a turn takes half a second. */
const CLOCK_RATE = 20
/** Longer than a tool takes to answer: what does not wait for the disk is found out. */
const DISK_MS = '15'

/** What was seen of one run of the scripted session. */
export interface Seen {
  /** Names of the failpoints that the first process passed, in order; it died at the last if it died. */
  passed: string[]
  died: boolean
  /** The round that was under way then. */
  during: string
  /** How that round ended, such as `done, 2 attempts, unsafe.add unknown`. */
  end: string
  /** What must hold and does not. */
  wrong: string[]
}

/**
 * Plays the rounds once on new data; the server dies at failpoint `killAt`, and is started again.
 * @param entry of a server that knows failpoints
 */
export async function crashRun(entry: string, rounds: readonly Round[], killAt?: number): Promise<Seen> {
  const run = await CrashRun.prepare(entry)
  try {
    await run.play(rounds, killAt)
    return await run.judge(rounds)
  } finally {
    await run.close()
  }
}

class CrashRun {
  readonly #server: ServerProcess
  readonly #session: ScriptedSession
  readonly #model: ModelServer
  readonly #tools: ToolServer
  readonly #data: string
  #crash: { during: string; committed: ReadonlySet<string>; asked: number } | undefined
  #reader: Session | undefined
  #misshown: readonly string[] = []

  private constructor(server: ServerProcess, data: string, model: ModelServer, tools: ToolServer) {
    this.#server = server
    this.#data = data
    this.#model = model
    this.#tools = tools
    this.#session = new ScriptedSession(server, () => this.#crashed())
  }

  static async prepare(entry: string): Promise<CrashRun> {
    const [data, tools, model] = await Promise.all([
      temporaryFolder(),
      ToolServer.start(),
      ModelServer.start({ pace: 1 }),
    ])
    const clock = { CLOCK_RATE: String(CLOCK_RATE), CLOCK_FROM: String(Date.now()) }
    const settings = { ...model.settings(), COLLOQUY_TOOLS: tools.setting(), ...clock, DISK_MS }
    return new CrashRun(await ServerProcess.prepare(data, settings, entry), data, model, tools)
  }

  async play(rounds: readonly Round[], killAt?: number): Promise<void> {
    const kill = killAt === undefined ? {} : { KILL_AT: String(killAt) }
    await this.#server.start({ FAILPOINTS: this.#passedFile, ...kill }).catch((error) => {
      // It may die before it listens: the first request finds nobody then.
      if (killAt === undefined) throw error
    })
    await this.#session.begin()
    this.#reader = this.#open()
    this.#misshown = watch(this.#reader)
    for (const round of rounds) await this.#session.play(round)
  }

  async judge(rounds: readonly Round[]): Promise<Seen> {
    const exported = await this.#session.export()
    const unlike = await Promise.all([
      unlikeReader('an open client', exported, this.#reader),
      unlikeReader('a new client', exported, this.#open()),
    ])
    const asked = rounds.flatMap((round) => (round.meanwhile ? [round, round.meanwhile] : [round]))
    const acknowledged = new Map(
      asked.map(({ id, prompt }) => [this.#session.prompts.get(id) ?? `that of ${id}`, prompt]),
    )
    const wrong = problems({ exported, acknowledged, model: this.#model, tools: this.#tools })
    const during = this.#crash?.during ?? ''
    return {
      ...{ passed: await this.#passed(), died: this.#crash !== undefined, during },
      end: endOf(exported, this.#session.prompts.get(during)),
      wrong: [...wrong, ...unlike.flat(), ...this.#misshown, ...this.#askedAgain(acknowledged)],
    }
  }

  async close(): Promise<void> {
    this.#reader?.close()
    await this.#server.terminate()
    await Promise.all([this.#tools.close(), this.#model.close()])
  }

  get #passedFile(): string {
    return join(this.#data, 'failpoints')
  }

  async #passed(): Promise<string[]> {
    const lines = (await readFile(this.#passedFile, 'utf8')).trim().split('\n')
    return lines.map((line) => line.replace(/^\d+ /, ''))
  }

  async #crashed(): Promise<void> {
    if (this.#crash) throw new Error('the server ended by itself')
    const { current: during } = this.#session
    const asked = this.#model.requests.length
    this.#crash = { during, asked, committed: committedSteps(await eventsIn(this.#data)) }
    const goOn = this.#model.hold()
    await this.#server.start()
    // Somebody shall see the attempt that comes after the one that was cut, and not only its end.
    if (this.#reader) await until(this.#reader, ({ connection }) => connection.state === 'live')
    goOn()
  }

  #open(): Session {
    const { url } = this.#server
    const auth = () => this.#server.token('cy')
    return connect({ url, session: this.#session.id, auth, random: () => 0, clock: IMPATIENT })
  }

  /** Steps that stood in the journal when the server died, and that the model was asked for after that. */
  #askedAgain(acknowledged: ReadonlyMap<string, string>): string[] {
    const { asked = 0, committed } = this.#crash ?? {}
    return this.#model.requests.slice(asked).flatMap(({ script, step }) => {
      const [promptId] = [...acknowledged].find(([, text]) => readScript(text).id === script) ?? []
      return committed?.has(`${promptId} ${step}`) ? [`${script} asked again for committed step ${step}`] : []
    })
  }
}

/** What people see must be what the export says. */
async function unlikeReader(who: string, exported: ExportAnswer, reader?: Session): Promise<string[]> {
  if (!reader) return []
  const atRest = ({ messages, turn, queue, connection }: Snapshot) =>
    connection.state === 'live' &&
    turn === null &&
    queue.length === 0 &&
    messages.length >= exported.messages.length
  const { messages } = await until(reader, atRest)
  reader.close()
  return asServed(messages).flatMap((message, i) => {
    if (isDeepStrictEqual(message, exported.messages[i])) return []
    return [`${who} sees ${JSON.stringify(message)} and not ${JSON.stringify(exported.messages[i])}`]
  })
}

function endOf({ turns, messages }: ExportAnswer, promptId: string | undefined): string {
  const turn = turns.find((each) => each.promptId === promptId)
  const answer = messages.find(({ role, metadata }) => role === 'assistant' && metadata.promptId === promptId)
  if (!turn) return ''
  const calls = answer?.parts.flatMap((part) => {
    if (part.type !== 'dynamic-tool') return []
    const { outcome, reason, dispatches = 0 } = part.toolMetadata
    return [
      `${part.toolName} ${outcome}${reason ? ` ${reason}` : ''}${dispatches > 1 ? ` x${dispatches}` : ''}`,
    ]
  })
  return [`${turn.end}`, `${turn.attempts} attempts`, ...(calls ?? [])].join(', ')
}
