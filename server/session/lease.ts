import type { Clock } from '../clock.ts'
import { JournalError } from '../journal/journal.ts'

/** Part of the lease after which whoever holds it stops by itself: the store's clock may go a little faster. */
const HELD = 0.9
/** Part of the lease after which a sign of life is due. */
const RENEW = 1 / 3
/** Part of the lease after which one is tried again. */
const AGAIN = 1 / 12

/** What a lease may stand on: it is held for a while, and all that stands on it ends with it. */
export interface Ground {
  readonly held: boolean
  /** Calls `tell` once when it is held no longer. @returns what ends that */
  onLapse(tell: (error: unknown) => void): () => void
}

export interface LeaseOptions {
  ms: number
  /** It holds only while that is held. */
  ground?: Ground | undefined
  clock: Clock
  renew(): Promise<void>
  /** Called once when the claim no longer holds. */
  lapsed(error: unknown): void
  /** Real time unless a test brings its own: it is the store's time that counts. */
  now?: () => Moment
}

/** A moment, by the wall's clock and by one that nobody sets: of two the longer time between them counts. */
export interface Moment {
  wall: number
  steady: number
}

export function moment(): Moment {
  return { wall: Date.now(), steady: performance.now() }
}

/**
 * How long a claim holds, seen from here: counted from before each call that lengthens it was made, so that it always ends
 * here before the store lets others claim. Whoever was stopped for a while finds on waking that it no longer holds.
 */
export class Lease {
  readonly #options: LeaseOptions
  readonly #now: () => Moment
  #since: Moment
  #over = false
  #renewing = false
  #stopTimer: () => void
  readonly #leaveGround: () => void

  /** @param claimed the moment before the claim was made */
  constructor(options: LeaseOptions, claimed: Moment) {
    this.#options = options
    this.#now = options.now ?? moment
    this.#since = claimed
    this.#stopTimer = this.#next()
    this.#leaveGround = options.ground?.onLapse((error) => this.#lapse(error)) ?? (() => {})
  }

  get held(): boolean {
    const { ms, ground } = this.#options
    return !this.#over && this.#age() < ms * HELD && (ground?.held ?? true)
  }

  /** Whoever finds that it is over need not wait until a timer does. @throws JournalError `FENCED` */
  check(): void {
    if (this.held) return
    const error = ranOut()
    this.#lapse(error)
    throw error
  }

  /** A call made at that moment has lengthened the lease. */
  lengthened(at: Moment): void {
    // The wall's clock may have been set back meanwhile.
    if (at.steady >= this.#since.steady) this.#since = at
  }

  /** Says nothing more. */
  end(): void {
    this.#over = true
    this.#stopTimer()
    this.#leaveGround()
  }

  #age(): number {
    const { wall, steady } = this.#now()
    return Math.max(wall - this.#since.wall, steady - this.#since.steady)
  }

  #next(): () => void {
    const { clock, ms } = this.#options
    const age = this.#age()
    const due = age < ms * RENEW ? ms * RENEW - age : ms * AGAIN
    return clock.after(Math.min(due, Math.max(0, ms * HELD - age)), () => this.#look())
  }

  #look(): void {
    if (!this.held) {
      this.#lapse(ranOut())
      return
    }
    if (this.#age() >= this.#options.ms * RENEW && !this.#renewing) this.#renew()
    this.#stopTimer = this.#next()
  }

  #renew(): void {
    const at = this.#now()
    this.#renewing = true
    this.#options
      .renew()
      .then(
        () => this.lengthened(at),
        (error: unknown) => {
          // A store that does not answer may do so in time yet.
          if (error instanceof JournalError && error.code === 'FENCED') this.#lapse(error)
        },
      )
      .finally(() => {
        this.#renewing = false
      })
  }

  #lapse(error: unknown): void {
    if (this.#over) return
    this.end()
    this.#options.lapsed(error)
  }
}

const ranOut = () => new JournalError('FENCED', 'the lease ran out')
