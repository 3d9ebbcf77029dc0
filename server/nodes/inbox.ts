import { ColloquyError, ERRORS, type ErrorBody } from '@colloquy/shared'
import type { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import { randomId } from '../clock.ts'
import type { Log } from '../log.ts'
import { withoutCommand } from '../redis/errors.ts'
import type { Entry, StreamReader } from '../redis/stream-reader.ts'

/** How long a question may stay without an answer, in ms: then it is looked up who is to be asked. */
const ANSWER_MS = 2_000
const AGAIN_MS = 100
/** Messages that wait for one process; who does not read them has gone. */
const MOST = 10_000
/** How long what nobody reads is kept, in ms. */
const KEPT_MS = 60_000

type Message =
  | { id: string; from: string; question: unknown }
  | { id: string; answer: unknown }
  | { id: string; error: ErrorBody }

export interface InboxOptions {
  /** Names this process among those that share the store. */
  node: string
  reader: StreamReader
  redis: Redis
  clock: Clock
  log: Log
}

/** Questions and answers between processes that need not reach each other: each has a stream that the others write to. */
export class Inbox {
  readonly #options: InboxOptions
  readonly #waiting = new Map<string, (message: Message) => void>()
  #stop: () => void
  #answer: (question: unknown) => Promise<unknown> = () => Promise.reject(new Error('nobody answers yet'))

  constructor(options: InboxOptions) {
    this.#options = options
    this.#stop = this.#listen()
  }

  #listen(): () => void {
    const { node, reader, redis, log, clock } = this.#options
    return reader.follow(inboxKey(node), '0', {
      take: (entries) => {
        for (const entry of entries) this.#take(entry)
        this.#forget(entries.at(-1)?.id)
      },
      broken: (error) => {
        log.warn({ err: error }, 'what other servers ask could not be heard')
        // What was refused once may not be done now: whoever still waits for an answer asks again.
        redis.del(inboxKey(node)).catch(() => undefined)
        this.#stop = clock.after(AGAIN_MS, () => {
          this.#stop = this.#listen()
        })
      },
    })
  }

  /** What was taken is of no more use, and holds what people wrote. */
  #forget(last: string | undefined): void {
    const { node, redis } = this.#options
    const [ms, n] = last?.split('-') ?? []
    if (ms !== undefined)
      redis.xtrim(inboxKey(node), 'MINID', `${ms}-${Number(n) + 1}`).catch(() => undefined)
  }

  /** Has questions from others answered. */
  serve(answer: (question: unknown) => Promise<unknown>): void {
    this.#answer = answer
  }

  /** @throws ColloquyError what the other one threw; `STORE_UNAVAILABLE` without an answer */
  async ask(node: string, question: unknown): Promise<unknown> {
    const { clock, node: from } = this.#options
    const id = randomId('q')
    const heard = new Promise<Message>((resolve) => this.#waiting.set(id, resolve))
    const { promise: late, reject } = Promise.withResolvers<never>()
    const stop = clock.after(ANSWER_MS, () => reject(unavailable('it did not answer in time')))
    late.catch(() => undefined)
    try {
      await this.#send(node, { id, from, question })
      const message = await Promise.race([heard, late])
      if ('error' in message) throw errorOf(message.error)
      return 'answer' in message ? message.answer : undefined
    } finally {
      stop()
      this.#waiting.delete(id)
    }
  }

  close(): void {
    this.#stop()
    this.#options.redis.del(inboxKey(this.#options.node)).catch(() => undefined)
  }

  #take({ fields }: Entry): void {
    const message = readMessage(fields[1])
    if (!message) this.#options.log.warn({}, 'a message of another server does not decode')
    else if ('question' in message) this.#reply(message)
    else this.#waiting.get(message.id)?.(message)
  }

  #reply({ id, from, question }: Extract<Message, { question: unknown }>): void {
    this.#answer(question)
      .then(
        (answer): Message => ({ id, answer: answer ?? null }),
        (error: unknown): Message => ({ id, error: this.#refusal(error) }),
      )
      .then((message) => this.#send(from, message))
      // Whoever asked will ask again.
      .catch(() => undefined)
  }

  #refusal(error: unknown): ErrorBody {
    if (error instanceof ColloquyError) {
      const { code, message, details } = error
      return { code, message, ...(details === undefined ? {} : { details }) }
    }
    this.#options.log.error({ err: error }, 'a question of another server could not be answered')
    return { code: 'INTERNAL', message: 'Something went wrong.' }
  }

  async #send(node: string, message: Message): Promise<void> {
    const key = inboxKey(node)
    try {
      const results = await this.#options.redis
        .pipeline()
        .xadd(key, 'MAXLEN', '~', MOST, '*', 'message', JSON.stringify(message))
        .pexpire(key, KEPT_MS)
        .publish(key, '')
        .exec()
      for (const [error] of results ?? []) if (error) throw error
    } catch (error) {
      throw unavailable('the store does not take it', withoutCommand(error))
    }
  }
}

function inboxKey(node: string): string {
  return `colloquy:inbox:${node}`
}

function readMessage(json: Buffer | undefined): Message | null {
  try {
    const message: unknown = JSON.parse(String(json))
    return typeof message === 'object' && message !== null && 'id' in message ? (message as Message) : null
  } catch {
    return null
  }
}

function errorOf({ code, message, details }: ErrorBody): ColloquyError {
  return new ColloquyError(code in ERRORS ? code : 'INTERNAL', message, details)
}

function unavailable(why: string, cause?: unknown): ColloquyError {
  const message = 'The server that has the session does not answer; try again.'
  return new ColloquyError('STORE_UNAVAILABLE', message, { why }, cause)
}
