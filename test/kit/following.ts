import type { FeedEntry, Follower } from '../../server/journal/feed.ts'

/** Follows a stream, keeps what it is told in order, and wakes whoever waits for some of it. */
export class Following implements Follower {
  /** Positions of appends, and `owned by …`, as they came. */
  readonly told: (number | string)[] = []
  readonly entries: FeedEntry[] = []
  readonly ends: unknown[] = []
  readonly #taking: (entry: FeedEntry) => void | Promise<void>
  #wake: (() => void)[] = []

  /** @param taking what is done with an append once it is kept */
  constructor(taking: (entry: FeedEntry) => void | Promise<void> = () => undefined) {
    this.#taking = taking
  }

  get positions(): number[] {
    return this.entries.map(({ seq }) => seq)
  }

  appended(entry: FeedEntry): void | Promise<void> {
    this.entries.push(entry)
    this.told.push(entry.seq)
    this.#woken()
    return this.#taking(entry)
  }

  owned(owner: string | null): void {
    this.told.push(`owned by ${owner}`)
    this.#woken()
  }

  broken(error: unknown): void {
    this.ends.push(error)
    this.#woken()
  }

  /** Resolves once it has been told enough for this to hold. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wake.push(resolve))
  }

  reached(seq: number): Promise<void> {
    return this.until(() => (this.entries.at(-1)?.seq ?? 0) >= seq)
  }

  ended(): Promise<void> {
    return this.until(() => this.ends.length > 0)
  }

  #woken(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}
