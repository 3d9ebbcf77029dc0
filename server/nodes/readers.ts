import type { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import { JournalError } from '../journal/journal.ts'
import { keyOf } from '../journal/redis-keys.ts'
import { whyRedis, withoutCommand } from '../redis/errors.ts'
import { runScript, script } from '../redis/script.ts'
import type { Question, ReadLeases } from '../session/peers.ts'

/** KEYS: who reads a stream, and until when; the stream. ARGV: the process, for how long in ms. Answers how far the stream is, and 1 when it has an owner. */
const REGISTER = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d', now + tonumber(ARGV[2])))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local known = redis.call('TYPE', KEYS[2]).ok == 'hash' and redis.call('HMGET', KEYS[2], 'epoch', 'leaseUntil', 'position') or {}
local owned = known[1] and known[1] ~= '' and tonumber(known[2] or 0) > now
return { tonumber(known[3] or 0), owned and 1 or 0 }
`)

/** Answers each process that reads the stream, and for how long it still may, in ms; takes out those that may no more. */
const READING = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {}
local all = redis.call('HGETALL', KEYS[1])
for n = 1, #all, 2 do
  local left = tonumber(all[n + 1]) - now
  if left > 0 then found[#found + 1] = { all[n], left }
  else redis.call('HDEL', KEYS[1], all[n]) end
end
return found
`)

export const READER_SCRIPTS = [REGISTER, READING]

export interface ReadersOptions {
  /** Names this process among those that share the store. */
  node: string
  redis: Redis
  leaseMs: number
  clock: Clock
  ask(node: string, question: Question): Promise<unknown>
}

/** Who serves a stream that somebody else writes: each for a while, which it has lengthened before it ends. */
export function redisReaders({ node, redis, leaseMs, clock, ask }: ReadersOptions): ReadLeases {
  const key = (stream: string) => keyOf(stream, 'readers')
  const call = <T>(sent: Promise<T>): Promise<T> =>
    sent.catch((error: unknown) => {
      throw new JournalError('UNAVAILABLE', `Redis failed: ${whyRedis(error)}`, withoutCommand(error))
    })

  /** Resolves when the process has confirmed, or when it may not serve any more. */
  async function confirmed(other: string, left: number, question: Question): Promise<void> {
    const { promise: lapsed, resolve } = Promise.withResolvers<void>()
    const stop = clock.after(left, resolve)
    const answered = ask(other, question).then(
      () => undefined,
      () => lapsed,
    )
    await Promise.race([answered, lapsed])
    stop()
  }

  return {
    ms: leaseMs,
    async register(stream) {
      const keys = [key(stream), keyOf(stream, 'stream')]
      const [position, owned] = (await call(runScript(redis, REGISTER, keys, [node, leaseMs]))) as [
        number,
        number,
      ]
      return { position, owned: owned === 1 }
    },
    async confirm(stream, question) {
      const reading = (await call(runScript(redis, READING, [key(stream)], []))) as [Buffer, number][]
      const others = reading.filter(([other]) => other.toString() !== node)
      await Promise.all(others.map(([other, left]) => confirmed(other.toString(), left, question)))
    },
  }
}
