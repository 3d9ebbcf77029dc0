import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/kit/clock.ts'
import { JournalError } from '../journal/journal.ts'
import { type Ground, Lease, type Moment } from './lease.ts'

const MS = 6_000
const unavailable = () => Promise.reject(new JournalError('UNAVAILABLE', 'the store does not answer'))
const fenced = () => Promise.reject(new JournalError('FENCED', 'another has it'))

/** A lease under a clock of the test's, which may be told to jump; what becomes of it is kept by time. */
class Play {
  readonly clock = new ManualClock(0)
  /** When a renewal was asked for. */
  readonly renewals: number[] = []
  readonly lapses: { at: number; error: unknown }[] = []
  /** How far the wall's clock is from what has passed, and how far the steady one is. */
  readonly off: Moment = { wall: 0, steady: 0 }
  renew: () => Promise<void> = () => Promise.resolve()
  readonly lease: Lease

  constructor(ground?: Ground) {
    this.lease = new Lease(
      {
        ms: MS,
        ground,
        clock: this.clock,
        now: () => this.now(),
        renew: () => {
          this.renewals.push(this.clock.now())
          return this.renew()
        },
        lapsed: (error) => this.lapses.push({ at: this.clock.now(), error }),
      },
      this.now(),
    )
  }

  now(): Moment {
    return { wall: this.clock.now() + this.off.wall, steady: this.clock.now() + this.off.steady }
  }

  /** Time passes in small steps, and what is asked is answered at once. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      this.clock.advance(100)
      await new Promise(setImmediate)
    }
  }

  /** An append that was called now has succeeded. */
  appended(): void {
    this.lease.lengthened(this.now())
  }
}

describe('lease', () => {
  it('[LE1] it is renewed each time that a third of it has gone without a sign of life', async () => {
    const play = new Play()
    await play.pass(4 * MS)
    expect(play.renewals.slice(0, 4)).toEqual([2_000, 4_000, 6_000, 8_000])
    expect(play.lapses).toEqual([])
    expect(play.lease.held).toBe(true)
  })

  it('[LE2] appends are signs of life: while they come nothing is renewed, and a third after the last it is', async () => {
    const play = new Play()
    for (let n = 0; n < 20; n++) {
      await play.pass(1_500)
      play.appended()
    }
    expect(play.renewals).toEqual([])
    await play.pass(2_000)
    expect(play.renewals).toEqual([32_000])
  })

  it('[LE3] a renewal that fails is tried again, and the one that succeeds counts from when it was asked for', async () => {
    const play = new Play()
    play.renew = unavailable
    await play.pass(3_500)
    play.renew = () => Promise.resolve()
    await play.pass(6_000)
    expect(play.renewals).toEqual([2_000, 2_500, 3_000, 3_500, 4_000, 6_000, 8_000])
    expect(play.lapses).toEqual([])
  })

  it.each([
    ['fails', unavailable],
    ['is not answered', () => new Promise<void>(() => undefined)],
  ])(
    '[LE4] where each renewal %s it lapses before its end, once, also after appends',
    async (_what, renew) => {
      const play = new Play()
      play.renew = renew
      await play.pass(1_900)
      play.appended()
      await play.pass(10 * MS)
      expect(play.lapses).toHaveLength(1)
      expect(play.lapses[0]?.error).toMatchObject({ code: 'FENCED' })
      expect(play.lapses[0]?.at).toBeGreaterThan(1_900 + MS * 0.8)
      expect(play.lapses[0]?.at).toBeLessThan(1_900 + MS)
      expect(play.renewals.every((at) => at < 1_900 + MS)).toBe(true)
      expect(play.lease.held).toBe(false)
      expect(() => play.lease.check()).toThrow(expect.objectContaining({ code: 'FENCED' }))
    },
  )

  it('[LE5] a renewal that is not answered is not asked for a second time meanwhile', async () => {
    const play = new Play()
    const answers: (() => void)[] = []
    play.renew = () => new Promise((resolve) => answers.push(resolve))
    await play.pass(5_000)
    expect(play.renewals).toEqual([2_000])
    answers[0]?.()
    await play.pass(900)
    // The answer tells of the moment of the question: a third has gone since.
    expect(play.renewals.length).toBe(2)
    expect(play.lapses).toEqual([])
  })

  it('[LE6] that another has it ends it at once', async () => {
    const play = new Play()
    play.renew = fenced
    await play.pass(2_000)
    expect(play.lapses).toEqual([{ at: 2_000, error: expect.objectContaining({ code: 'FENCED' }) }])
    expect(play.lease.held).toBe(false)
  })

  it.each(['wall', 'steady'] as const)(
    '[LE7] who was stopped, as the %s clock tells, holds nothing',
    async (which) => {
      const play = new Play()
      await play.pass(1_000)
      play.off[which] += MS
      expect(play.lease.held).toBe(false)
      expect(() => play.lease.check()).toThrow()
      await play.pass(2_000)
      expect(play.lapses).toHaveLength(1)
      expect(play.renewals).toEqual([])
    },
  )

  it('[LE8] a wall’s clock that is set back neither ends it nor makes it longer', async () => {
    const play = new Play()
    await play.pass(1_000)
    play.off.wall -= 3_600_000
    await play.pass(3 * MS)
    expect(play.lapses).toEqual([])
    play.renew = unavailable
    await play.pass(2 * MS)
    expect(play.lapses).toHaveLength(1)
  })

  it('[LE9] a call that was made before another, and is answered after it, does not shorten it', async () => {
    const play = new Play()
    play.renew = unavailable
    const early = play.now()
    await play.pass(1_000)
    play.appended()
    play.lease.lengthened(early)
    await play.pass(5_000)
    expect(play.lease.held).toBe(true)
  })

  it('[LE10] once it was ended it renews and says nothing, whatever comes of what is under way', async () => {
    for (const answer of [() => Promise.resolve(), unavailable, fenced]) {
      const play = new Play()
      const { promise: asked, resolve: go } = Promise.withResolvers<void>()
      play.renew = () => asked.then(answer)
      await play.pass(2_000)
      play.lease.end()
      go()
      await play.pass(3 * MS)
      expect(play.renewals).toEqual([2_000])
      expect(play.lapses).toEqual([])
      expect(play.lease.held).toBe(false)
    }
  })

  it('[LE11] it holds no longer than what it stands on, and does not come back with it', async () => {
    const told = new Set<(error: unknown) => void>()
    const ground = {
      held: true,
      onLapse(tell: (error: unknown) => void) {
        told.add(tell)
        return () => void told.delete(tell)
      },
    }
    const play = new Play(ground)
    await play.pass(1_000)
    ground.held = false
    for (const tell of told) tell('it is over')
    expect(play.lapses).toEqual([{ at: 1_000, error: 'it is over' }])
    expect(told.size).toBe(0)
    ground.held = true
    await play.pass(MS)
    expect(play.lease.held).toBe(false)
    expect(play.renewals).toEqual([])
  })

  it('[LE11] whoever looks finds out before a timer does', async () => {
    const ground = { held: true, onLapse: () => () => {} }
    const play = new Play(ground)
    ground.held = false
    expect(play.lease.held).toBe(false)
    expect(() => play.lease.check()).toThrow('the lease ran out')
    expect(play.lapses).toMatchObject([{ at: 0, error: { code: 'FENCED' } }])
    const slow = new Play()
    slow.off.steady = MS
    expect(() => slow.lease.check()).toThrow('the lease ran out')
    expect(slow.lapses).toHaveLength(1)
  })
})
