import fc from 'fast-check'
import { expect, it } from 'vitest'
import { history } from './history.ts'
import { playOnWire } from './wire-play.ts'

const RUNS = 50

it(`[NI1] over real sockets, too, nobody else can tell what a secret is: ${RUNS} histories`, async () => {
  await fc.assert(
    fc.asyncProperty(history, async (each) => {
      const left = await playOnWire(each, 'left')
      const right = await playOnWire(each, 'right')
      expect(Object.fromEntries(left)).toEqual(Object.fromEntries(right))
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
})
