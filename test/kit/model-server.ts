import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Chat, readChat } from './chat.ts'
import type { ScriptStep } from './script.ts'

/** How a request for a step goes wrong. `after`: chunks that are sent before. */
export type ModelFailure =
  | { kind: 'busy'; retryAfter?: number }
  | { kind: 'error' }
  | { kind: 'cut' | 'unfinished' | 'malformed' | 'hang'; after: number }

export interface ModelRequest {
  /** Id of the script in the prompt. */
  script: string
  /** The step that was asked for, from 1. */
  step: number
  /** ms since 1970. */
  at: number
  /** Bodies of the tool messages of this turn. */
  results: readonly string[]
  /** `answered`: the whole answer was sent; `failed`: as told, or whoever asked went away. */
  outcome: 'open' | 'answered' | 'failed'
}

/** Characters in a chunk of text. */
const CHUNK = 12

/**
 * An OpenAI-compatible model that does what the prompt says (see `readScript`) and counts. What it answers is a
 * function of the messages alone, however often it is asked.
 */
export class ModelServer {
  /** ms between two chunks; 0: none. */
  pace = 0
  /** How the next requests go wrong, the first first. */
  readonly failures: ModelFailure[] = []
  readonly requests: ModelRequest[] = []
  /** Words in views that no script has an assistant say: half attempts. */
  readonly strange: string[] = []
  readonly #server: Server
  #gate: Promise<void> | null = null

  private constructor() {
    this.#server = createServer(async (req, res) => {
      let body = ''
      try {
        for await (const chunk of req.setEncoding('utf8')) body += chunk
        await this.#serve(readChat(JSON.parse(body)), res)
      } catch (error) {
        // Whoever asked may be killed at any time; a bad script is this test's own fault.
        if (res.headersSent || res.destroyed) res.destroy()
        else res.writeHead(400, JSON_TYPE).end(JSON.stringify({ error: { message: String(error) } }))
      }
    })
  }

  static async start({ pace = 0 }: { pace?: number } = {}): Promise<ModelServer> {
    const model = new ModelServer()
    model.pace = pace
    model.#server.listen(0, '127.0.0.1')
    await once(model.#server, 'listening')
    return model
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The settings that make it the server's model; `url`: of a proxy in front. */
  settings(url = this.url): { COLLOQUY_MODEL: string; COLLOQUY_MODEL_KEY: string } {
    return { COLLOQUY_MODEL: `${url}/v1#scripted`, COLLOQUY_MODEL_KEY: 'sk-of-the-tests' }
  }

  /** Answers stop after their first chunk until what this returns is called. */
  hold(): () => void {
    const gate = Promise.withResolvers<void>()
    this.#gate = gate.promise
    return () => {
      if (this.#gate === gate.promise) this.#gate = null
      gate.resolve()
    }
  }

  /** Requests for a step of a script, or for all of its steps. */
  asked(script: string, step?: number): readonly ModelRequest[] {
    return this.requests.filter((each) => each.script === script && (step ?? each.step) === each.step)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(chat: Chat, res: ServerResponse): Promise<void> {
    const { script, step, results } = chat
    this.strange.push(...chat.strange)
    const request: ModelRequest = { script: script.id, step, at: Date.now(), results, outcome: 'open' }
    this.requests.push(request)
    try {
      const failure = this.failures.shift()
      const whole = await this.#answer(chunksOf(chat), res, failure)
      request.outcome = whole && !res.destroyed ? 'answered' : 'failed'
    } catch (error) {
      request.outcome = 'failed'
      throw error
    }
  }

  /** @returns whether the whole answer was sent */
  async #answer(chunks: readonly string[], res: ServerResponse, failure?: ModelFailure): Promise<boolean> {
    if (failure?.kind === 'busy' || failure?.kind === 'error') {
      refuse(res, failure)
      return false
    }
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const [index, chunk] of chunks.entries()) {
      if (failure && index === Math.min(failure.after, chunks.length - 2)) {
        await misbehave(res, failure.kind)
        return false
      }
      if (index > 0) await this.#gate
      if (this.pace > 0) await sleep(this.pace)
      if (res.destroyed) return false
      res.write(`data: ${chunk}\n\n`)
    }
    res.end('data: [DONE]\n\n')
    return true
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

function refuse(res: ServerResponse, failure: Extract<ModelFailure, { kind: 'busy' | 'error' }>): void {
  const body = JSON.stringify({ error: { message: 'made to fail', type: 'test' } })
  if (failure.kind === 'error') res.writeHead(500, JSON_TYPE).end(body)
  else res.writeHead(429, { ...JSON_TYPE, ...retryAfter(failure.retryAfter) }).end(body)
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) }
}

async function misbehave(
  res: ServerResponse,
  kind: 'cut' | 'unfinished' | 'malformed' | 'hang',
): Promise<void> {
  if (kind === 'unfinished') res.end()
  else if (kind === 'malformed') res.end('data: {"choices":[{"delta":\n\ndata: [DONE]\n\n')
  else if (kind === 'hang') await once(res, 'close')
  else {
    // What was written is let out first: a cut comes after `after` chunks, not before them.
    await new Promise((resolve) => res.write('', resolve))
    res.destroy()
  }
}

/** The answer as `chat.completion.chunk` objects: text, calls in two pieces each, the finish, the usage. */
function chunksOf({ script, step, toolName }: Chat): string[] {
  const { text, calls }: ScriptStep = script.steps[step - 1] ?? { text: '', calls: [] }
  const deltas: object[] = [...pieces(text)].map((content) => ({ role: 'assistant', content }))
  for (const [index, call] of calls.entries()) {
    const id = `call_${createHash('sha256').update(`${script.id} ${step} ${index}`).digest('hex').slice(0, 24)}`
    const args = JSON.stringify(call.args)
    const middle = Math.floor(args.length / 2)
    const begun = { name: toolName(call.tool), arguments: args.slice(0, middle) }
    deltas.push({ tool_calls: [{ index, id, type: 'function', function: begun }] })
    deltas.push({ tool_calls: [{ index, function: { arguments: args.slice(middle) } }] })
  }
  const finish = calls.length > 0 ? 'tool_calls' : 'stop'
  const usage = { prompt_tokens: 7, completion_tokens: deltas.length, total_tokens: 7 + deltas.length }
  return [
    ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
    chunk([{ index: 0, delta: {}, finish_reason: finish }]),
    chunk([], { usage }),
  ]
}

function chunk(choices: readonly object[], more: object = {}): string {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'scripted' }
  return JSON.stringify({ ...head, choices, ...more })
}

function* pieces(text: string): Iterable<string> {
  for (let at = 0; at < text.length; at += CHUNK) yield text.slice(at, at + CHUNK)
}
