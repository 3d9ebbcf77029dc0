import type {
  InviteAnswer,
  MessagesAnswer,
  PromptAnswer,
  PromptStateAnswer,
  SessionAnswer,
  TicketAnswer,
} from '@colloquy/shared/answers'
import { API } from '@colloquy/shared/protocol'
import { uuidv4 } from 'lib0/random'
import type { Clock } from './clock.ts'
import { ColloquyError, isTransient } from './errors.ts'
import type { Identity } from './identity.ts'
import { backoff } from './sync/policy.ts'
import type { Audience, Role } from './types.ts'

/** Longest wait for an answer: past it the server counts as not reached. */
const TIMEOUT_MS = 20_000
/** A command is tried this often, under one commandId, before its caller hears that the server is away. */
const COMMAND_TRIES = 3

/** Body of a prompt, as it is sent and as it waits in the outbox: a retry repeats these very values. */
export interface PromptBody {
  text: string
  audience?: Audience
  model?: string
  seenSeq?: number
}

/** `crypto.randomUUID` is missing on plain-http pages, such as an install in a local network. */
export const newCommandId = (): string => uuidv4()

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The HTTP surface of one session, as one person. Every method throws ColloquyError. */
export class Api {
  readonly #base: string
  readonly #session: string
  readonly #identity: Identity
  readonly #fetch: typeof fetch
  readonly #clock: Clock
  readonly #random: () => number
  readonly #closed = new AbortController()

  constructor(options: {
    base: string
    session: string
    identity: Identity
    fetch: typeof fetch
    clock: Clock
    random: () => number
  }) {
    this.#base = `${options.base}${API}`
    this.#session = `/sessions/${encodeURIComponent(options.session)}`
    this.#identity = options.identity
    this.#fetch = options.fetch
    this.#clock = options.clock
    this.#random = options.random
  }

  /** Requests that are under way fail with `CLOSED`, as do all later ones. */
  close(): void {
    this.#closed.abort()
  }

  describe(): Promise<SessionAnswer> {
    return this.#request('GET', this.#session)
  }

  ticket(sessionId: string): Promise<TicketAnswer> {
    return this.#request('POST', '/tickets', { sessionId })
  }

  submit(commandId: string, body: PromptBody): Promise<PromptAnswer> {
    return this.#request('POST', `${this.#session}/prompts`, { commandId, ...body })
  }

  prompt(promptId: string): Promise<PromptStateAnswer> {
    return this.#request('GET', this.#promptPath(promptId))
  }

  async edit(promptId: string, text: string): Promise<void> {
    await this.#command('PATCH', this.#promptPath(promptId), { text })
  }

  async withdraw(promptId: string): Promise<void> {
    await this.#command('DELETE', this.#promptPath(promptId))
  }

  async move(promptId: string, before: string | null): Promise<void> {
    await this.#command('POST', `${this.#promptPath(promptId)}/move`, { before })
  }

  async cancel(turnId: string): Promise<void> {
    await this.#command('POST', `${this.#session}/turns/${encodeURIComponent(turnId)}/cancel`, {})
  }

  async retract(messageId: string): Promise<void> {
    await this.#command('DELETE', `${this.#session}/messages/${encodeURIComponent(messageId)}`)
  }

  invite(options: { role: Role; expiresIn: number; uses: number }): Promise<InviteAnswer> {
    return this.#command('POST', `${this.#session}/invites`, options)
  }

  messages(laneId: string, before?: number): Promise<MessagesAnswer> {
    const query = before === undefined ? '' : `?before=${before}`
    return this.#request('GET', `${this.#session}/lanes/${encodeURIComponent(laneId)}/messages${query}`)
  }

  #promptPath(promptId: string): string {
    return `${this.#session}/prompts/${encodeURIComponent(promptId)}`
  }

  /** One act of the person: repeated under the same commandId, so an answer that was lost costs nothing. */
  async #command<T>(method: Method, path: string, body?: object): Promise<T> {
    const commandId = newCommandId()
    const target = method === 'DELETE' ? `${path}?commandId=${commandId}` : path
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#request<T>(method, target, body && { commandId, ...body })
      } catch (error) {
        if (attempt + 1 >= COMMAND_TRIES || !isTransient(error)) throw error
        await new Promise<void>((resolve) => this.#clock.after(backoff(attempt, this.#random), resolve))
      }
    }
  }

  /** Asks `auth` once more when the server no longer takes the token. */
  async #request<T>(method: Method, path: string, body?: object): Promise<T> {
    for (let renewed = false; ; renewed = true) {
      const token = await this.#identity.token()
      const response = await this.#send(method, path, token, body)
      if (response.ok) return (await readJson(response)) as T
      if (response.status !== 401 || renewed) throw await refusal(response)
      await this.#identity.renew(token)
    }
  }

  async #send(method: Method, path: string, token: string, body?: object): Promise<Response> {
    if (this.#closed.signal.aborted) throw closedError()
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      ...(body ? { body: JSON.stringify(body) } : {}),
    }
    try {
      // Called without a receiver: a browser's own fetch refuses any other.
      const send = this.#fetch
      return await send(`${this.#base}${path}`, init)
    } catch (cause) {
      if (this.#closed.signal.aborted) throw closedError()
      throw new ColloquyError('OFFLINE', 'the server cannot be reached', { cause })
    }
  }
}

function closedError(): ColloquyError {
  return new ColloquyError('CLOSED', 'the session was closed')
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    // Cut off, or something between us and the server answered in its place.
    throw new ColloquyError('OFFLINE', 'the answer could not be read', { cause })
  }
}

async function refusal(response: Response): Promise<ColloquyError> {
  const body: unknown = await response.json().catch(() => null)
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const more = {
    status: response.status,
    retryAfter: Number.isFinite(seconds) ? seconds * 1000 : undefined,
  }
  if (typeof body === 'object' && body !== null && 'error' in body) {
    const { error } = body
    if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
      const message = 'message' in error && typeof error.message === 'string' ? error.message : error.code
      const details = 'details' in error ? error.details : undefined
      return new ColloquyError(error.code, message, { ...more, details })
    }
  }
  return new ColloquyError('UNEXPECTED', `HTTP ${response.status}`, more)
}
