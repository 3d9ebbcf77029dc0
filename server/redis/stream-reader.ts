import type { Redis } from 'ioredis'
import type { Log } from '../log.ts'
import { whyRedis } from './errors.ts'
import { lifeOf } from './life.ts'

/** An entry of one of Redis' streams: fields and values, one after the other. */
export interface Entry {
  id: string
  fields: Buffer[]
}

export interface StreamTaker {
  /** Entries in order. While it has not resolved nothing more of this stream is read. @throws what ends its reading */
  take(entries: readonly Entry[]): void | Promise<void>
  /** Nothing more comes: what was read could not be taken, or the key holds something else. Called once. */
  broken(error: unknown): void
}

/** Entries of one stream that are read at a time: who is behind does not keep the others waiting. */
const AT_ONCE = 128
/** How long a read waits in Redis, in ms. */
const BLOCK_MS = 5_000
const AGAIN_MS = 100

interface Followed {
  readonly key: string
  readonly taker: StreamTaker
  after: string
  busy: boolean
}

/**
 * Reads any number of streams on one connection that waits in Redis for whatever comes next. What one stream holds, or who
 * takes it, holds up no other. A lost connection loses nothing: it goes on behind the last entry taken, unless Redis goes
 * on with another history; all streams are broken then.
 */
export class StreamReader {
  readonly #redis: Redis
  /** A connection that does not wait. */
  readonly #other: Redis
  readonly #log: Log
  readonly #wakeKey: string
  readonly #followed = new Map<string, Followed>()
  #wakeAfter = '0'
  #reading = false
  #closed = false
  #life: string | null = null
  #lifeKnown = false
  #done: Promise<void> = Promise.resolve()

  /** @param name tells this reader's key for waking it from those of others */
  constructor(redis: Redis, other: Redis, name: string, log: Log) {
    this.#redis = redis
    this.#other = other
    this.#log = log
    this.#wakeKey = `colloquy:wake:${name}`
    this.#done = this.#run()
  }

  /**
   * Reads a stream behind an id from now on; a key is followed once at a time.
   * @returns what ends it
   */
  follow(key: string, after: string, taker: StreamTaker): () => void {
    const followed: Followed = { key, taker, after, busy: false }
    this.#followed.set(key, followed)
    this.#wake()
    return () => {
      if (this.#followed.get(key) === followed) this.#followed.delete(key)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#redis.disconnect()
    await this.#done
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#read()
      } catch (error) {
        if (this.#closed) return
        this.#lifeKnown = false
        if (String(error).includes('WRONGTYPE')) await this.#endForeign(error)
        else await this.#pause(error)
      }
    }
  }

  /** Asked again after each failure: the connection may be another one by now. */
  async #checkLife(): Promise<void> {
    if (this.#lifeKnown) return
    const life = await lifeOf(this.#redis)
    const before = this.#life
    this.#life = life
    this.#lifeKnown = true
    if (before === null || before === life) return
    const error = new Error('the store goes on with another history')
    this.#wakeAfter = '0'
    const all = [...this.#followed.values()]
    this.#followed.clear()
    for (const { taker } of all) taker.broken(error)
  }

  async #read(): Promise<void> {
    await this.#checkLife()
    const ready = [...this.#followed.values()].filter(({ busy }) => !busy)
    const keys = [this.#wakeKey, ...ready.map(({ key }) => key)]
    const ids = [this.#wakeAfter, ...ready.map(({ after }) => after)]
    this.#reading = true
    const found = (await this.#redis
      .callBuffer('XREAD', 'COUNT', AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...ids)
      .finally(() => {
        this.#reading = false
      })) as [Buffer, [Buffer, Buffer[]][]][] | null
    for (const [key, raw] of found ?? []) {
      const entries = raw.map(([id, fields]) => ({ id: id.toString(), fields }))
      const followed = this.#followed.get(key.toString())
      if (key.toString() === this.#wakeKey) this.#wakeAfter = entries.at(-1)?.id ?? this.#wakeAfter
      // Another may follow it by now, from another place.
      else if (followed && ready.includes(followed)) this.#give(followed, entries)
    }
  }

  #give(followed: Followed, entries: readonly Entry[]): void {
    const { key, taker } = followed
    followed.after = entries.at(-1)?.id ?? followed.after
    const failed = (error: unknown) => {
      if (this.#followed.get(key) !== followed) return
      this.#followed.delete(key)
      taker.broken(error)
    }
    try {
      const taken = taker.take(entries)
      if (!taken) return
      followed.busy = true
      taken.then(() => {
        followed.busy = false
        this.#wake()
      }, failed)
    } catch (error) {
      failed(error)
    }
  }

  /** One key that holds something else fails the whole read. */
  async #endForeign(error: unknown): Promise<void> {
    for (const { key, taker } of [...this.#followed.values()]) {
      const kind = await this.#other.type(key).catch(() => 'stream')
      if (kind === 'stream' || kind === 'none') continue
      this.#followed.delete(key)
      taker.broken(error)
    }
  }

  async #pause(error: unknown): Promise<void> {
    if (this.#redis.status === 'ready') this.#log.warn({ err: error }, `following failed: ${whyRedis(error)}`)
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }

  /** Ends a read that waits, so that the next one asks for what has changed. */
  #wake(): void {
    if (!this.#reading || this.#closed) return
    this.#reading = false
    this.#other
      .multi()
      .xadd(this.#wakeKey, 'MAXLEN', 1, '*', '.', '')
      .pexpire(this.#wakeKey, 60_000)
      .exec()
      .catch(() => undefined)
  }
}
