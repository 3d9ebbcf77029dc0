import type { MeAnswer } from '@colloquy/shared/answers'
import { API, MEANT_FOR } from '@colloquy/shared/protocol'
import { uuidv4 } from 'lib0/random'
import type { Clock } from './clock.ts'
import { ColloquyError, isTransient } from './errors.ts'
import { CookieIdentity, type Credentials, Identity, type Proof } from './identity.ts'
import { backoff } from './sync/policy.ts'

/** Longest wait for an answer: past it the server counts as not reached. */
const TIMEOUT_MS = 20_000
/** A command is tried this often, under one commandId, before its caller hears that the server is away. */
const COMMAND_TRIES = 3

/** `crypto.randomUUID` is missing on plain-http pages, such as an install in a local network. */
export const newCommandId = (): string => uuidv4()

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HttpOptions {
  /** Where the server is: absolute, without a final slash. */
  base: string
  /** Without it the browser's cookie proves who this is. */
  auth?: (() => string | Promise<string>) | undefined
  fetch: typeof fetch
  clock: Clock
  random: () => number
}

/** Requests to the server as one person. Every method throws ColloquyError. */
export class Http {
  readonly identity: Credentials
  readonly #cookie: CookieIdentity | null
  readonly #base: string
  readonly #fetch: typeof fetch
  readonly #clock: Clock
  readonly #random: () => number
  readonly #closed = new AbortController()

  constructor(options: HttpOptions) {
    this.#base = `${options.base}${API}`
    this.#fetch = options.fetch
    this.#clock = options.clock
    this.#random = options.random
    this.#cookie = options.auth ? null : new CookieIdentity(() => this.#askMe())
    this.identity = this.#cookie ?? new Identity(options.auth ?? (() => ''))
  }

  /** Requests that are under way fail with `CLOSED`, as do all later ones. */
  close(): void {
    this.#closed.abort()
  }

  me(): Promise<MeAnswer> {
    return this.#cookie?.ask() ?? this.request('GET', '/me')
  }

  /** Has the server keep `token` as the cookie of this browser; null: none any more. */
  async setCookie(token: string | null): Promise<void> {
    const meantFor = token === null ? this.identity.subject?.id : undefined
    const proof = meantFor === undefined ? { token } : { token, meantFor }
    const response = await this.#send(token === null ? 'DELETE' : 'POST', '/cookie', proof)
    const error = response.ok ? null : await refusal(response)
    // Somebody else has taken its place since: who signs out here is signed out, and they are not.
    if (error && error.code !== 'IDENTITY_CHANGED') throw error
    this.#cookie?.forget()
  }

  /** One act of the person: repeated under the same commandId, so an answer that was lost costs nothing. */
  async command<T>(method: Method, path: string, body?: object, options?: RequestOptions): Promise<T> {
    const commandId = newCommandId()
    const target = method === 'DELETE' ? `${path}?commandId=${commandId}` : path
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.request<T>(method, target, body && { commandId, ...body }, options)
      } catch (error) {
        if (attempt + 1 >= COMMAND_TRIES || !isTransient(error)) throw error
        await new Promise<void>((resolve) => this.#clock.after(backoff(attempt, this.#random), resolve))
      }
    }
  }

  async request<T>(method: Method, path: string, body?: object, options?: RequestOptions): Promise<T> {
    const response = await this.#answer(method, path, body, options)
    return (await whole(response.json())) as T
  }

  /** An answer that is a file. */
  async text(path: string): Promise<string> {
    const response = await this.#answer('GET', path)
    return whole(response.text())
  }

  /** Asks `auth` once more when the server no longer takes the token. */
  async #answer(
    method: Method,
    path: string,
    body?: object,
    { guest = false, signal }: RequestOptions = {},
  ): Promise<Response> {
    for (let renewed = false; ; renewed = true) {
      const proof = await (guest ? this.identity.guestProof() : this.identity.proof())
      const response = await this.#send(method, path, proof, body, signal)
      if (response.ok) return response
      // A cookie cannot be renewed from here.
      if (response.status !== 401 || renewed || proof.token === null) throw await refusal(response)
      await this.identity.renew(proof)
    }
  }

  async #askMe(): Promise<MeAnswer> {
    const response = await this.#send('GET', '/me', { token: null })
    if (!response.ok) throw await refusal(response)
    return (await whole(response.json())) as MeAnswer
  }

  /** What a request carries to be this person's. */
  headersOf({ token, meantFor }: Proof): Record<string, string> {
    return {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(meantFor === undefined ? {} : { [MEANT_FOR]: encodeURIComponent(meantFor) }),
    }
  }

  async #send(
    method: Method,
    path: string,
    proof: Proof,
    body?: object,
    signal: AbortSignal = this.#closed.signal,
  ): Promise<Response> {
    if (this.#closed.signal.aborted) throw closedError()
    const init: RequestInit = {
      method,
      headers: { ...this.headersOf(proof), ...(body ? { 'content-type': 'application/json' } : {}) },
      credentials: 'same-origin',
      signal: AbortSignal.any([this.#closed.signal, signal, AbortSignal.timeout(TIMEOUT_MS)]),
      ...(body ? { body: JSON.stringify(body) } : {}),
    }
    try {
      // Called without a receiver: a browser's own fetch refuses any other.
      const send = this.#fetch
      return await send(`${this.#base}${path}`, init)
    } catch (cause) {
      if (this.#closed.signal.aborted) throw closedError()
      signal.throwIfAborted()
      throw new ColloquyError('OFFLINE', 'the server cannot be reached', { cause })
    }
  }
}

interface RequestOptions {
  /** Also for who is not signed in. */
  guest?: boolean
  /** Ends it: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

function closedError(): ColloquyError {
  return new ColloquyError('CLOSED', 'the session was closed')
}

async function whole<T>(body: Promise<T>): Promise<T> {
  try {
    return await body
  } catch (cause) {
    // Cut off, or something between us and the server answered in its place.
    throw new ColloquyError('OFFLINE', 'the answer could not be read', { cause })
  }
}

export async function refusal(response: Response): Promise<ColloquyError> {
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
