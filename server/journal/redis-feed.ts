import type { Redis } from 'ioredis'
import { whyRedis, withoutCommand } from '../redis/errors.ts'
import { runScript } from '../redis/script.ts'
import type { Entry, StreamReader } from '../redis/stream-reader.ts'
import type { Feed, FeedEntry, Follower, Head } from './feed.ts'
import { JournalError } from './journal.ts'
import { keyOf, streamKeys } from './redis-keys.ts'
import { pairs, positionOf, readEvents, split, textOf } from './redis-replies.ts'
import { HEAD } from './redis-scripts.ts'

/** A stream that cannot be watched now is tried again after this, in ms. */
const WATCH_AGAIN_MS = 200

/** The feed of all streams, as far as `reader` reads them. @param redis a connection that has the scripts */
export function openRedisFeed(reader: StreamReader, redis: Redis): Feed {
  return new RedisFeed(reader, redis)
}

class RedisFeed implements Feed {
  readonly #reader: StreamReader
  readonly #redis: Redis

  constructor(reader: StreamReader, redis: Redis) {
    this.#reader = reader
    this.#redis = redis
  }

  follow(stream: string, after: number, follower: Follower): () => void {
    let last = after
    let stopped = false
    const take = async (entries: readonly Entry[], from: number): Promise<void> => {
      for (let n = from; n < entries.length; n++) await give(entries[n] as Entry)
    }
    const give = (entry: Entry): void | Promise<void> => {
      if (stopped) return
      const read = readEntry(entry)
      if ('owner' in read) return follower.owned(read.owner)
      if (read.seq !== last + 1) throw new JournalError('UNAVAILABLE', `${stream} goes on at ${read.seq}`)
      last = read.seq
      return follower.appended(read)
    }
    const stop = this.#reader.follow(keyOf(stream, 'feed'), `${after}-0`, {
      // Most are taken at once: only who has to wait is waited for.
      take(entries) {
        for (const [n, entry] of entries.entries()) {
          const taken = give(entry)
          if (taken) return taken.then(() => take(entries, n + 1))
        }
      },
      broken: (error) => follower.broken(error),
    })
    return () => {
      stopped = true
      stop()
    }
  }

  watch(stream: string, changed: () => void): () => void {
    let stopped = false
    let stop = () => {}
    const begin = (position: number) => {
      if (stopped) return
      // Whatever became of the stream, it is read again from where it is now.
      const broken = () => {
        if (stopped) return
        const again = setTimeout(() => {
          stop = this.watch(stream, changed)
        }, WATCH_AGAIN_MS)
        stop = () => clearTimeout(again)
      }
      const taker = { take: changed, broken }
      stop = this.#reader.follow(keyOf(stream, 'events'), `${position}-0`, taker)
      changed()
    }
    // Without an answer it reads what there is: that too tells that something was appended.
    this.head(stream).then(
      ({ position }) => begin(position),
      () => begin(0),
    )
    return () => {
      stopped = true
      stop()
    }
  }

  async head(stream: string): Promise<Head> {
    try {
      const reply = await runScript(this.#redis, HEAD, streamKeys(stream), [])
      const [word, position, owner] = reply as [Buffer, number, Buffer]
      if (textOf(word) !== 'OK') throw new Error(`${stream} holds something that is not Colloquy's`)
      return { position, owner: owner.length === 0 ? null : owner.toString() }
    } catch (error) {
      throw new JournalError('UNAVAILABLE', `Redis failed: ${whyRedis(error)}`, withoutCommand(error))
    }
  }
}

function readEntry({ id, fields }: Entry): FeedEntry | { owner: string | null } {
  const events: FeedEntry['events'][] = []
  const updates: { doc: string; update: Uint8Array }[] = []
  for (const [field, value] of pairs(fields)) {
    if (field === 'owner') return { owner: value.length === 0 ? null : value.toString() }
    if (field === 'events') events.push(readEvents(value))
    const [kind, doc] = split(field)
    if (kind === 'doc') updates.push({ doc, update: new Uint8Array(value) })
  }
  return { seq: positionOf(id), events: events.flat(), updates }
}
