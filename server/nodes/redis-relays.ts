import { MAIN_LANE, type PersonRef, parseDocName } from '@colloquy/shared'
import type { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import type { Said } from '../sync/presence.ts'
import type { Relay, RelayedRoom, RelayLink, Relays } from '../sync/relay.ts'

/** How often a server says again who is connected to it, in ms. */
const AGAIN_MS = 10_000
/** A server that has said nothing for this long is gone, in ms. */
const GONE_MS = 25_000

interface Message {
  node: string
  said: readonly Said[]
  /** It has no other clients. */
  all?: boolean
  /** Wants to hear of everybody. */
  asks?: boolean
}

interface Joined {
  room: RelayedRoom
  heardAt: Map<string, number>
}

export interface RedisRelaysOptions {
  /** Names this process among those that share the store. */
  node: string
  /** A connection that is subscribed to channels; others may use it for theirs. */
  listens: Redis
  redis: Redis
  clock: Clock
}

/**
 * Presence among servers: each says what changed for its own clients, and everything again from time to time. What gets
 * lost on the way is made good by that.
 */
export class RedisRelays implements Relays {
  readonly #options: RedisRelaysOptions
  readonly #rooms = new Map<string, Joined>()
  #stopTimer: () => void

  constructor(options: RedisRelaysOptions) {
    this.#options = options
    options.listens.on('message', (channel: string, text: string) => this.#heard(channel, text))
    // Whichever of the two is back last: it takes both to ask.
    for (const connection of [options.listens, options.redis]) {
      connection.on('ready', () => {
        for (const doc of this.#rooms.keys()) this.#listen(doc)
      })
    }
    this.#stopTimer = this.#next()
  }

  room(doc: string): Relay {
    return { join: (room) => this.#join(doc, room) }
  }

  async here(sessionId: string): Promise<PersonRef[]> {
    const { redis, clock } = this.#options
    const people = new Map<string, PersonRef>()
    // Who is here is a courtesy: a list of sessions does not fail for it.
    for (const stored of await redis.hvals(hereKey(sessionId)).catch(() => [])) {
      const { at, here } = JSON.parse(stored) as { at: number; here: PersonRef[] }
      if (clock.now() - at < GONE_MS) for (const person of here) people.set(person.id, person)
    }
    return [...people.values()].sort((a, b) =>
      a.name < b.name || (a.name === b.name && a.id < b.id) ? -1 : 1,
    )
  }

  close(): void {
    this.#stopTimer()
    for (const doc of this.#rooms.keys()) this.#keepHere(doc, [])
  }

  #join(doc: string, room: RelayedRoom): RelayLink {
    const joined: Joined = { room, heardAt: new Map() }
    this.#rooms.set(doc, joined)
    this.#listen(doc)
    return {
      say: (said) => {
        if (said.length === 0) return
        this.#say(doc, { said })
        this.#keepHere(doc, room.everybody())
      },
      leave: () => {
        if (this.#rooms.get(doc) !== joined) return
        this.#rooms.delete(doc)
        this.#options.listens.unsubscribe(channelOf(doc)).catch(() => undefined)
      },
    }
  }

  #listen(doc: string): void {
    this.#options.listens.subscribe(channelOf(doc)).then(
      () => this.#say(doc, { said: [], asks: true }),
      // With the next connection it is tried again.
      () => undefined,
    )
  }

  #say(doc: string, what: Omit<Message, 'node'>): void {
    const { node, redis } = this.#options
    const message: Message = { node, ...what }
    redis.publish(channelOf(doc), JSON.stringify(message)).catch(() => undefined)
  }

  #heard(channel: string, text: string): void {
    if (!channel.startsWith(CHANNEL)) return
    const doc = channel.slice(CHANNEL.length)
    const joined = this.#rooms.get(doc)
    const message = readMessage(text)
    if (!joined || !message || message.node === this.#options.node) return
    joined.heardAt.set(message.node, this.#options.clock.now())
    joined.room.heard(message.node, message.said, message.all === true)
    if (message.asks) this.#sayAll(doc, joined)
  }

  #sayAll(doc: string, { room }: Joined): void {
    const everybody = room.everybody()
    if (everybody.length === 0) return
    this.#say(doc, { said: everybody, all: true })
    this.#keepHere(doc, everybody)
  }

  /** Who is in a main room, for those who list sessions at servers where nobody is in it. */
  #keepHere(doc: string, everybody: readonly Said[]): void {
    const name = parseDocName(doc)
    if (name?.kind !== 'lane' || name.laneId !== MAIN_LANE) return
    const { node, redis, clock } = this.#options
    const key = hereKey(name.sessionId)
    const people = new Map(
      everybody.map(({ userId, name: called }) => [userId, { id: userId, name: called }]),
    )
    const kept = { at: clock.now(), here: [...people.values()] }
    const stored = people.size === 0 ? redis.hdel(key, node) : redis.hset(key, node, JSON.stringify(kept))
    stored.then(() => redis.pexpire(key, GONE_MS)).catch(() => undefined)
  }

  #next(): () => void {
    const { clock } = this.#options
    return clock.after(AGAIN_MS, () => {
      const now = clock.now()
      for (const [doc, joined] of this.#rooms) {
        this.#sayAll(doc, joined)
        for (const [node, at] of joined.heardAt) {
          if (now - at < GONE_MS) continue
          joined.heardAt.delete(node)
          joined.room.lost(node)
        }
      }
      this.#stopTimer = this.#next()
    })
  }
}

const CHANNEL = 'colloquy:presence:'

function channelOf(doc: string): string {
  return `${CHANNEL}${doc}`
}

function hereKey(sessionId: string): string {
  return `colloquy:{${sessionId}}:here`
}

function readMessage(text: string): Message | null {
  try {
    const message = JSON.parse(text) as Message
    return Array.isArray(message.said) && typeof message.node === 'string' ? message : null
  } catch {
    return null
  }
}
