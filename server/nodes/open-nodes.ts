import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Tickets } from '../access/tickets.ts'
import { type Clock, randomId, systemClock } from '../clock.ts'
import { type Journal, JournalError } from '../journal/journal.ts'
import { openRedisFeed } from '../journal/redis-feed.ts'
import { RedisJournal } from '../journal/redis-journal.ts'
import { SCRIPTS } from '../journal/redis-scripts.ts'
import type { Log } from '../log.ts'
import { connectRedis } from '../redis/connection.ts'
import { whyRedis, withoutCommand } from '../redis/errors.ts'
import { lifeOf } from '../redis/life.ts'
import { loadScripts } from '../redis/script.ts'
import { StreamReader } from '../redis/stream-reader.ts'
import type { Peers, Question } from '../session/peers.ts'
import type { Relays } from '../sync/relay.ts'
import { checkStore, type Fsync } from './check-store.ts'
import { Inbox } from './inbox.ts'
import { READER_SCRIPTS, redisReaders } from './readers.ts'
import { BOARD_SCRIPTS, redisBoards } from './redis-boards.ts'
import { RedisRelays } from './redis-relays.ts'
import { redisTickets } from './redis-tickets.ts'

export interface NodesOptions {
  /** `redis://` or, for TLS, `rediss://`. */
  url: string
  /** How well the store must keep what it acknowledges. */
  fsync: Fsync
  /** Replicas that must have an append before it is acknowledged. */
  replicas: number
  /** How long a process may be silent before others take its sessions, in ms. */
  leaseMs: number
  /** By which tickets lapse; among each other servers go by real time. */
  clock: Clock
  log: Log
}

/** What a server has of the store that it shares with others. */
export interface Nodes {
  journal: Journal
  peers: Peers
  tickets: Tickets
  relays: Relays
  /** The same for all. */
  secret: Uint8Array
  /** False while it cannot be reached. */
  reachable(): boolean
  /** Has questions from other processes answered. */
  serve(answer: (question: Question) => Promise<unknown>): void
  close(): Promise<void>
}

const SECRET_KEY = 'colloquy:secret'
const SECRET_BYTES = 32

/** Opens a store that several servers share. @throws JournalError `UNAVAILABLE` with a line for whoever starts it */
export async function openNodes(options: NodesOptions): Promise<Nodes> {
  try {
    return await open(options)
  } catch (error) {
    if (error instanceof JournalError) throw error
    throw new JournalError('UNAVAILABLE', `Redis cannot be used: ${whyRedis(error)}.`, withoutCommand(error))
  }
}

async function open({ url, fsync, replicas, leaseMs, clock, log }: NodesOptions): Promise<Nodes> {
  const node = randomId('n')
  const watchers = new Set<(error: Error) => void>()
  let life: string | null = null
  /** Whoever has something in memory that the store may lack by now is told. */
  const checkLife = async (redis: Redis) => {
    const now = await lifeOf(redis)
    const other = life !== null && life !== now
    life = now
    if (other)
      for (const tell of watchers)
        tell(new JournalError('UNAVAILABLE', 'the store goes on with another history'))
  }
  const ready = (redis: Redis) => loadScripts(redis, [...SCRIPTS, ...READER_SCRIPTS, ...BOARD_SCRIPTS])
  // Each waits for something else: one for the disk, one for what may be long, one for what others do, one for nothing.
  const opened: Redis[] = []
  const connect = async (name: string) => {
    const redis = await connectRedis({ url, name, log, ready })
    opened.push(redis)
    return redis
  }
  try {
    const writes = await connect('journal')
    await checkLife(writes)
    // That it fails is told by whatever is asked next.
    writes.on('ready', () => void checkLife(writes).catch(() => undefined))
    await checkStore(writes, fsync, log)
    const secret = await sharedSecret(writes)
    const asks = await connect('asks')
    const reads = await connect('feed')
    const listens = await connect('listens')
    // Without these rights all would be heard late.
    await listens.subscribe(`colloquy:check:${node}`)
    await asks.publish(`colloquy:check:${node}`, '')
    await listens.unsubscribe(`colloquy:check:${node}`)
    const relays = new RedisRelays({ node, listens, redis: asks, clock: systemClock })
    const reader = new StreamReader({ reads, listens, log })
    const journal = new RedisJournal({ redis: writes, owner: node, leaseMs, replicas })
    const inbox = new Inbox({ node, reader, redis: asks, clock: systemClock, log })
    const ask = (other: string, question: Question) => inbox.ask(other, question)
    return {
      journal,
      secret,
      relays,
      peers: {
        clock: systemClock,
        feed: openRedisFeed(reader, asks),
        boards: redisBoards(reader, asks),
        readLeases: redisReaders({ node, redis: asks, leaseMs, clock: systemClock, ask }),
        ask,
        onLoss(tell) {
          watchers.add(tell)
        },
      },
      tickets: redisTickets(asks, clock),
      reachable: () => opened.every(({ status }) => status === 'ready'),
      serve: (answer) => inbox.serve((question) => answer(question as Question)),
      async close() {
        await journal.close()
        inbox.close()
        relays.close()
        await reader.close()
        listens.disconnect()
        asks.disconnect()
      },
    }
  } catch (error) {
    for (const redis of opened) redis.disconnect()
    throw error
  }
}

/** Made by whichever process comes first: it signs what the servers issue themselves. */
async function sharedSecret(redis: Redis): Promise<Uint8Array> {
  await redis.set(SECRET_KEY, randomBytes(SECRET_BYTES), 'NX')
  const secret = await redis.getBuffer(SECRET_KEY)
  if (secret?.length === SECRET_BYTES) return new Uint8Array(secret)
  throw new JournalError('UNAVAILABLE', `Redis cannot be used: ${SECRET_KEY} holds no secret of Colloquy.`)
}
