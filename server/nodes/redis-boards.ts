import type { Redis } from 'ioredis'
import { keyOf } from '../journal/redis-keys.ts'
import { runScript, script } from '../redis/script.ts'
import type { StreamReader } from '../redis/stream-reader.ts'
import type { Boards } from '../session/peers.ts'

/**
 * What is written on a board goes through a stream of its own. It is kept there for longer than any server takes to save the
 * board: what was saved and what is in the stream together hold everything.
 */
const KEPT_MS = 120_000
const FORGOTTEN_MS = 86_400_000
/** A board that could not be heard is followed again after this, in ms. */
const AGAIN_MS = 200

/** KEYS: what is written, whether it is closed. ARGV: the writer, the update. */
const WRITE = script(`
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local time = redis.call('TIME')
local oldest = time[1] * 1000 - ${KEPT_MS}
redis.call('XADD', KEYS[1], 'MINID', '~', string.format('%d', oldest), '*', 'user', ARGV[1], 'update', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ${FORGOTTEN_MS})
redis.pcall('PUBLISH', KEYS[1], '')
return 1
`)

export const BOARD_SCRIPTS = [WRITE]

export function redisBoards(reader: StreamReader, redis: Redis): Boards {
  async function recent(stream: string, doc: string): Promise<Uint8Array[]> {
    const entries = await redis.xrangeBuffer(writtenKey(stream, doc), '-', '+')
    return entries.flatMap(([, fields]) => (fields[3] ? [new Uint8Array(fields[3])] : []))
  }

  return {
    recent,

    shared(stream, doc) {
      const key = writtenKey(stream, doc)
      return {
        recent: () => recent(stream, doc),
        follow(hear) {
          let stop = () => {}
          const begin = () => {
            stop = reader.follow(key, '0', {
              take(entries) {
                for (const { fields } of entries) {
                  const [, userId, , update] = fields
                  if (userId && update) hear(new Uint8Array(update), userId.toString())
                }
              },
              // From the start again: what was heard before changes nothing.
              broken() {
                const again = setTimeout(begin, AGAIN_MS)
                stop = () => clearTimeout(again)
              },
            })
          }
          begin()
          return () => stop()
        },
        async write(update, userId) {
          const keys = [key, closedKey(stream, doc)]
          return (await runScript(redis, WRITE, keys, [userId, update])) === 1
        },
      }
    },

    async close(stream, doc) {
      await redis.set(closedKey(stream, doc), '', 'PX', FORGOTTEN_MS)
    },

    async forget(stream, doc) {
      await redis.pexpire(writtenKey(stream, doc), KEPT_MS)
    },

    async reopen(stream, doc) {
      await redis.del(closedKey(stream, doc))
    },
  }
}

function writtenKey(stream: string, doc: string): string {
  return keyOf(stream, `written:${doc}`)
}

function closedKey(stream: string, doc: string): string {
  return keyOf(stream, `closed:${doc}`)
}
