/**
 * The server's time, from what it wrote: the clock of this page may be hours off. A time that the server has
 * written lies in the past, so each one that is seen bounds how far its clock can be behind; the tightest bound is
 * right to within the delay of one message. A page that was opened late takes times to be nearer than they are.
 */
export class ServerTime {
  readonly #now: () => number
  /** This page's clock minus the server's, at most. */
  #offset = Number.POSITIVE_INFINITY

  /** `now`: ms from any origin, never set back or forth. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** The server has written this time, in ms since 1970. */
  heard(at: number): void {
    this.#offset = Math.min(this.#offset, this.#now() - at)
  }

  /** ms until the server's clock shows `until`; 0 when it has. */
  left(until: number): number {
    return Math.max(0, until - (this.#now() - this.#offset))
  }
}

export const serverTime = new ServerTime(() => performance.now())
