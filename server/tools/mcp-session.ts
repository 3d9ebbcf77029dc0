import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { ANSWER_BYTES } from './capped-text.ts'
import { ToolError } from './tool.ts'

/** How long an answer's stream may have ended before its answer is taken for lost, in ms: it is read after it ends. */
const LOST_AFTER_MS = 1_000
/** How long a server has to hear that a session is over. */
const ENDING_MS = 5_000
/** The SDK's own limit for a request, in ms. Whoever asks has a signal, which is shorter. */
const SDK_TIMEOUT_MS = 1_800_000

/** Answers are checked by whoever asks; the SDK's own would be made anew for each session. */
const NO_VALIDATOR: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    return (data) => ({ valid: true, data: data as T, errorMessage: undefined })
  },
}

export interface McpAddress {
  url: string
  headers?: Record<string, string>
}

/** Asks the server of a session; what it answers has been checked by the schema. */
export type McpRequest = <T extends z.ZodType<object>>(
  method: string,
  params: Record<string, unknown>,
  answer: T,
) => Promise<z.output<T>>

/** The session did not begin: nothing was asked for in it. */
export class NoSession extends Error {
  override name = 'NoSession'
  constructor(cause: unknown) {
    super('no session', { cause })
  }
}

/**
 * Does some work in a session of its own with an MCP server: two people never share what a server keeps of one. No
 * redirect is followed, and of each answer no more than 1 MB is read.
 * @throws NoSession; ToolError when an answer is too large or lost; else what the SDK or `work` throws
 */
export async function inMcpSession<T>(
  address: McpAddress,
  { signal, clock }: { signal: AbortSignal; clock: Clock },
  work: (request: McpRequest) => Promise<T>,
): Promise<T> {
  const answers = new Answers(clock)
  const transport = new StreamableHTTPClientTransport(new URL(address.url), {
    ...(address.headers ? { requestInit: { headers: address.headers } } : {}),
    fetch: (url, init) => answers.fetch(url, init),
  })
  transport.onmessage = (message) => answers.came(message)
  const client = new Client({ name: 'colloquy', version: '1' }, { jsonSchemaValidator: NO_VALIDATOR })
  const options = { signal, timeout: SDK_TIMEOUT_MS, onresumptiontoken: () => answers.canBeResumed() }
  try {
    await Promise.race([client.connect(transport, options), answers.failure]).catch((error: unknown) => {
      throw new NoSession(error)
    })
    const request: McpRequest = (method, params, answer) =>
      client.request({ method, params }, answer, options)
    return await Promise.race([work(request), answers.failure])
  } finally {
    end(client, transport, clock)
  }
}

/** In the background, so that nobody waits for a server to hear of it. */
function end(client: Client, transport: StreamableHTTPClientTransport, clock: Clock): void {
  const stop = clock.after(ENDING_MS, () => void client.close())
  transport
    .terminateSession()
    .catch(() => {})
    .finally(() => {
      stop()
      return client.close()
    })
}

/** Watches the answers of one session: the SDK neither bounds them nor tells that one will never come. */
class Answers {
  /** Rejects when an answer is lost or too large. */
  readonly failure: Promise<never>
  readonly #clock: Clock
  readonly #fail: (error: ToolError) => void
  /** Ids of the requests that were answered. */
  readonly #answered = new Set<unknown>()
  #resumable = false

  constructor(clock: Clock) {
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => {})
    this.failure = promise
    this.#fail = reject
    this.#clock = clock
  }

  came(message: object): void {
    if ('id' in message && !('method' in message)) this.#answered.add(message.id)
  }

  /** The server names events: the SDK asks for what is missing when a stream ends early. */
  canBeResumed(): void {
    this.#resumable = true
  }

  async fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    // A stream for what the server says by itself, which nobody here listens to: as if it offered none.
    if (init.method === 'GET' && !headers.has('last-event-id')) return new Response(null, { status: 405 })
    // Whether a kept connection still holds is not known before something was sent into it.
    headers.set('connection', 'close')
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel()
      throw new ToolError(`The server answered with a redirect (${response.status}), which is not followed.`)
    }
    const request = requestIn(init.body)
    if (response.body) return new Response(this.#watched(response.body, request), response)
    this.#ended(request)
    return response
  }

  #watched(body: ReadableStream<Uint8Array>, request: unknown): ReadableStream<Uint8Array> {
    let size = 0
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        size += chunk.byteLength
        if (size > ANSWER_BYTES) throw this.#tooLarge()
        controller.enqueue(chunk)
      },
    })
    const ended = () => this.#ended(request)
    body.pipeTo(writable).then(ended, ended)
    return readable
  }

  #tooLarge(): ToolError {
    const message = 'The tool did its work, but its answer has more than 1 MB.'
    const error = new ToolError(message, { unusable: 'RESULT_TOO_LARGE' })
    this.#fail(error)
    return error
  }

  #ended(request: unknown): void {
    if (request === undefined || this.#resumable) return
    this.#clock.after(LOST_AFTER_MS, () => {
      if (!this.#answered.has(request)) this.#fail(answerLost())
    })
  }
}

export function answerLost(cause?: unknown): ToolError {
  const message = 'The connection was lost before the tool had answered: it may have done its work.'
  return new ToolError(message, { uncertain: true, cause })
}

const jsonRpcRequest = z.looseObject({ id: z.union([z.string(), z.number()]), method: z.string() })

/** The id of the request that a body is, if it is one. */
function requestIn(body: unknown): string | number | undefined {
  if (typeof body !== 'string') return undefined
  return jsonRpcRequest.safeParse(JSON.parse(body)).data?.id
}
