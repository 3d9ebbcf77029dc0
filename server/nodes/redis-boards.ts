import type { Redis } from 'ioredis'
import type { StreamReader } from '../redis/stream-reader.ts'
import type { Boards } from '../session/peers.ts'

/**
 * What is written on boards reaches the other servers through a stream for each board. It is kept there for longer than
 * any of them takes to save the board: what was saved and what is in the stream together hold everything.
 */
const KEPT_MS = 120_000
const FORGOTTEN_MS = 86_400_000

export function redisBoards(reader: StreamReader, redis: Redis): Boards {
  return {
    shared(stream, doc) {
      const key = boardFeed(stream, doc)
      return {
        follow: (hear) =>
          reader.follow(key, '0', {
            take(entries) {
              for (const { fields } of entries) {
                const [, userId, , update] = fields
                if (userId && update) hear(new Uint8Array(update), userId.toString())
              }
            },
            // Whoever writes there tells that it fails.
            broken: () => undefined,
          }),
        async write(update, userId) {
          const oldest = Date.now() - KEPT_MS
          const fields = ['user', userId, 'update', Buffer.from(update)] as const
          await redis
            .pipeline()
            .xadd(key, 'MINID', '~', oldest, '*', ...fields)
            .pexpire(key, FORGOTTEN_MS)
            .exec()
            .then((results) => {
              for (const [error] of results ?? []) if (error) throw error
            })
        },
      }
    },

    async recent(stream, doc) {
      const entries = await redis.xrangeBuffer(boardFeed(stream, doc), '-', '+')
      return entries.flatMap(([, fields]) => (fields[3] ? [new Uint8Array(fields[3])] : []))
    },
  }
}

function boardFeed(stream: string, doc: string): string {
  return `colloquy:{${stream}}:written:${doc}`
}
