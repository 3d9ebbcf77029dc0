import type { Feed, FeedEntry, Follower, Head } from '../../server/journal/feed.ts'
import type { Append } from '../../server/journal/journal.ts'

/**
 * The feed of one stream, kept in memory: what was appended reaches who follows when the test says so, without the updates
 * of docs that were dropped meanwhile.
 */
export class MemoryFeed implements Feed {
  owner: string | null = null
  #entries: FeedEntry[] = []
  readonly #followers = new Map<Follower, number>()

  /** Something was appended. */
  append({ events, updates = [], dropDocs = [] }: Append): void {
    const seq = this.#entries.length + 1
    this.#entries.push({ seq, events: events.map(({ event }) => event), updates })
    if (dropDocs.length === 0) return
    this.#entries = this.#entries.map((entry) => ({
      ...entry,
      updates: entry.updates.filter(({ doc }) => !dropDocs.includes(doc)),
    }))
  }

  follow(_stream: string, after: number, follower: Follower): () => void {
    this.#followers.set(follower, after)
    return () => this.#followers.delete(follower)
  }

  /** How many follow it. */
  get followers(): number {
    return this.#followers.size
  }

  watch(): () => void {
    throw new Error('nobody watches it')
  }

  async head(): Promise<Head> {
    return { position: this.#entries.length, owner: this.owner }
  }

  /** Whoever follows takes all appends up to there. */
  async deliver(upTo = this.#entries.length): Promise<void> {
    for (const [follower, from] of this.#followers) {
      for (let seq = from; seq < upTo; seq++) {
        const entry = this.#entries[seq]
        if (!entry || !this.#followers.has(follower)) break
        this.#followers.set(follower, seq + 1)
        await follower.appended(entry)
      }
    }
  }

  /** Tells of an owner, between the appends. */
  own(owner: string | null): void {
    this.owner = owner
    for (const follower of this.#followers.keys()) follower.owned(owner)
  }

  break(error: unknown): void {
    for (const follower of this.#followers.keys()) follower.broken(error)
  }
}
