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
/** Streams that are read at a time. */
const STREAMS_AT_ONCE = 64
/** Channels that are subscribed to with one command. */
const CHANNELS_AT_ONCE = 500
/** What is published may get lost: all are read again after this, in ms. */
const SWEEP_MS = 5_000
const AGAIN_MS = 100

interface Followed {
  readonly key: string
  readonly taker: StreamTaker
  after: string
  busy: boolean
}

export interface StreamReaderOptions {
  reads: Redis
  /** A connection that is subscribed to channels; others may use it for theirs. */
  listens: Redis
  log: Log
}

/**
 * Reads any number of streams as they grow. Whoever adds to a stream publishes on the channel that has the name of its key,
 * and only then it is read, so that streams in which nothing happens cost nothing. What one stream holds, or who takes it,
 * holds up no other. A lost connection loses nothing: it goes on behind the last entry taken, unless Redis goes on with
 * another history; all streams are broken then.
 */
export class StreamReader {
  readonly #reads: Redis
  readonly #listens: Redis
  readonly #log: Log
  readonly #followed = new Map<string, Followed>()
  /** Those that may have grown. */
  readonly #due = new Set<Followed>()
  readonly #sweep: NodeJS.Timeout
  #reading = false
  #closed = false
  #life: string | null = null
  #lifeKnown = false
  #done: Promise<void> = Promise.resolve()

  constructor({ reads, listens, log }: StreamReaderOptions) {
    this.#reads = reads
    this.#listens = listens
    this.#log = log
    listens.on('message', (channel: string) => this.#grown([channel]))
    listens.on('ready', () => this.#listen([...this.#followed.keys()]))
    reads.on('ready', () => {
      this.#lifeKnown = false
      this.#grown(this.#followed.keys())
    })
    this.#sweep = setInterval(() => {
      // A connection on which nothing is asked may be dead for hours before anybody notices.
      listens.ping().catch(() => undefined)
      this.#grown(this.#followed.keys())
    }, SWEEP_MS)
  }

  /**
   * Reads a stream behind an id from now on; a key is followed once at a time.
   * @returns what ends it
   */
  follow(key: string, after: string, taker: StreamTaker): () => void {
    const followed: Followed = { key, taker, after, busy: false }
    this.#followed.set(key, followed)
    this.#listen([key])
    return () => this.#drop(followed)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweep)
    this.#reads.disconnect()
    await this.#done
  }

  /** What was added before somebody listened is read then. Without a connection it is done again with the next one. */
  #listen(keys: readonly string[]): void {
    for (let from = 0; from < keys.length; from += CHANNELS_AT_ONCE) {
      const some = keys.slice(from, from + CHANNELS_AT_ONCE)
      this.#listens.subscribe(...some).then(
        () => this.#grown(some),
        (error: unknown) => this.#warn(this.#listens, error),
      )
    }
  }

  #grown(keys: Iterable<string>): void {
    for (const key of keys) {
      const followed = this.#followed.get(key)
      if (followed) this.#due.add(followed)
    }
    this.#read()
  }

  /** @returns false when it was not followed any more */
  #drop(followed: Followed): boolean {
    const { key } = followed
    if (this.#followed.get(key) !== followed) return false
    this.#followed.delete(key)
    this.#due.delete(followed)
    this.#listens.unsubscribe(key).catch(() => undefined)
    return true
  }

  #read(): void {
    if (this.#reading || this.#closed) return
    this.#reading = true
    this.#done = this.#readDue()
  }

  async #readDue(): Promise<void> {
    for (let some = this.#some(); some.length > 0; some = this.#some()) {
      try {
        await this.#checkLife()
        await this.#readSome(some)
      } catch (error) {
        if (this.#closed) break
        for (const each of some) this.#due.add(each)
        // The next connection begins again.
        if (this.#reads.status !== 'ready') break
        if (String(error).includes('WRONGTYPE')) await this.#endForeign(some, error)
        else await this.#pause(error)
      }
    }
    this.#reading = false
  }

  /** Some that are to be read, and can be given what they hold. */
  #some(): Followed[] {
    const some: Followed[] = []
    for (const followed of this.#due) {
      if (followed.busy) continue
      this.#due.delete(followed)
      if (this.#followed.get(followed.key) === followed) some.push(followed)
      if (some.length === STREAMS_AT_ONCE) break
    }
    return some
  }

  /** Asked again after each failure: the connection may be another one by now. */
  async #checkLife(): Promise<void> {
    if (this.#lifeKnown) return
    const life = await lifeOf(this.#reads)
    const before = this.#life
    this.#life = life
    this.#lifeKnown = true
    if (before === null || before === life) return
    const error = new Error('the store goes on with another history')
    for (const followed of [...this.#followed.values()]) this.#end(followed, error)
  }

  async #readSome(some: readonly Followed[]): Promise<void> {
    const [keys, ids] = [some.map(({ key }) => key), some.map(({ after }) => after)]
    const found = (await this.#reads.callBuffer('XREAD', 'COUNT', AT_ONCE, 'STREAMS', ...keys, ...ids)) as
      | [Buffer, [Buffer, Buffer[]][]][]
      | null
    for (const [key, raw] of found ?? []) {
      const followed = some.find((each) => each.key === key.toString())
      if (followed)
        this.#give(
          followed,
          raw.map(([id, fields]) => ({ id: id.toString(), fields })),
        )
    }
  }

  #give(followed: Followed, entries: readonly Entry[]): void {
    const { key, taker } = followed
    // Another may follow it by now, from another place.
    if (this.#followed.get(key) !== followed) return
    followed.after = entries.at(-1)?.id ?? followed.after
    if (entries.length === AT_ONCE) this.#due.add(followed)
    try {
      const taken = taker.take(entries)
      if (!taken) return
      followed.busy = true
      taken.then(
        () => {
          followed.busy = false
          this.#read()
        },
        (error: unknown) => this.#end(followed, error),
      )
    } catch (error) {
      this.#end(followed, error)
    }
  }

  #end(followed: Followed, error: unknown): void {
    if (this.#drop(followed)) followed.taker.broken(error)
  }

  /** One key that holds something else fails the whole read. */
  async #endForeign(some: readonly Followed[], error: unknown): Promise<void> {
    for (const followed of some) {
      const kind = await this.#reads.type(followed.key).catch(() => 'stream')
      if (kind !== 'stream' && kind !== 'none') this.#end(followed, error)
    }
  }

  async #pause(error: unknown): Promise<void> {
    this.#lifeKnown = false
    this.#warn(this.#reads, error)
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }

  /** That there is no connection is said where it is noticed first. */
  #warn(redis: Redis, error: unknown): void {
    if (redis.status === 'ready' && !this.#closed)
      this.#log.warn({ err: error }, `following failed: ${whyRedis(error)}`)
  }
}
