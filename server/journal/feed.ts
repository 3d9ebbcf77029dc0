import type { JournalEvent } from './journal.ts'

/**
 * What other processes append to a stream, as a process hears of it that does not own it: each append whole, in order, and
 * only such that the store took under the epoch that held then.
 */
export interface Feed {
  /**
   * Follows a stream behind a position.
   * @returns what ends it
   */
  follow(stream: string, after: number, follower: Follower): () => void
  /**
   * Tells that something was appended to a stream, once at first and then each time.
   * @returns what ends it
   */
  watch(stream: string, changed: () => void): () => void
  /** @throws JournalError `UNAVAILABLE` */
  head(stream: string): Promise<Head>
}

export interface Head {
  position: number
  /** Who holds the stream now; null when its lease has lapsed or nobody does. */
  owner: string | null
}

export interface Follower {
  /** One append. While it has not resolved no further one comes. @throws what ends the following */
  appended(entry: FeedEntry): void | Promise<void>
  /** The stream has another owner from here on, or none. */
  owned(owner: string | null): void
  /** Nothing more comes: appends are missing, or what was read is none. Called once. */
  broken(error: unknown): void
}

export interface FeedEntry {
  seq: number
  events: readonly JournalEvent[]
  updates: readonly { doc: string; update: Uint8Array }[]
}
