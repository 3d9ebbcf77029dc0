import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Append, Journal } from '../../server/journal/journal.ts'
import type { ModelPart, ModelPort } from '../../server/model/port.ts'
import type { Tool } from '../../server/tools/tool.ts'
import { hookedJournal } from './faulty-journal.ts'

interface FailpointOptions {
  /** Where each failpoint is written when it is passed: `<number> <name>` and a line break. */
  file?: string | undefined
  /** The number of the failpoint at which the process ends, from 1. */
  killAt?: number | undefined
  /** ms that a write waits before it begins. */
  diskMs?: number
}

/**
 * Places where a crash is interesting, numbered as the process comes by them. At the chosen one it kills itself
 * as a power cut would: nothing runs any more.
 */
export class Failpoints {
  readonly #file: string | undefined
  readonly #killAt: number | undefined
  readonly #diskMs: number
  #passed = 0

  constructor({ file, killAt, diskMs = 0 }: FailpointOptions) {
    this.#file = file
    this.#killAt = killAt
    this.#diskMs = diskMs
  }

  pass(name: string): void {
    this.#passed++
    // Synchronously: it must be there when the process is not.
    if (this.#file) appendFileSync(this.#file, `${this.#passed} ${name}\n`)
    if (this.#passed === this.#killAt) process.kill(process.pid, 'SIGKILL')
  }

  /** Around every write of the truth. */
  wrapJournal = (journal: Journal): Journal =>
    hookedJournal({
      append: (call, args) => this.#around(`append:${contentOf(args[1] as Append)}`, this.#slowly(call)),
      snapshot: (call) => this.#around('snapshot', this.#slowly(call)),
      release: (call) => this.#slowly(call)(),
      claim: (call) => this.#around('claim', call),
    })(journal)

  /** Before each part of a model's answer is handed over. */
  wrapModel = (model: ModelPort): ModelPort => ({
    defaultModel: model.defaultModel,
    models: model.models,
    stream: (call, signal) => this.#parts(model.stream(call, signal)),
  })

  /** Around each call that leaves for a tool, and each question of what became of one. */
  wrapTool = (tool: Tool): Tool =>
    new Proxy(tool, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        const call = value.bind(target)
        if (key !== 'run' && key !== 'probe') return call
        const name = `${key === 'run' ? 'tool' : key}:${tool.name}`
        return (...args: unknown[]) => this.#around(name, () => call(...args))
      },
    })

  /** Writes keep their order: timers of one length end in the order in which they began. */
  #slowly<T>(call: () => Promise<T>): () => Promise<T> {
    const ms = this.#diskMs
    return ms === 0 ? call : () => sleep(ms).then(call)
  }

  async #around<T>(name: string, call: () => Promise<T>): Promise<T> {
    this.pass(`${name}:before`)
    const result = await call()
    this.pass(`${name}:after`)
    return result
  }

  async *#parts(parts: AsyncIterable<ModelPart>): AsyncIterable<ModelPart> {
    for await (const part of parts) {
      this.pass(`model:${part.type}`)
      yield part
    }
  }
}

/** What an append is about: its events, or that it is only text on its way to readers. */
function contentOf({ events }: Append): string {
  return events.map(({ event }) => event.type).join('+') || 'text'
}
