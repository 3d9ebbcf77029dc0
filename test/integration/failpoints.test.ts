import { expect, it } from 'vitest'
import { crashAt } from '../crash/crash-at.ts'
import { ROUNDS } from '../crash/rounds.ts'
import { prng } from '../kit/random.ts'

/** Of the hundred and more that the crash suite goes through. */
const CHOSEN = 6

it(`[R11] a server that dies at any of ${CHOSEN} points of a turn and its tools, chosen at random, loses nothing and does nothing twice`, {
  timeout: 60_000,
}, async () => {
  const random = prng(Number(process.env.SEED))
  const { wrong } = await crashAt(ROUNDS, (points) =>
    Array.from({ length: CHOSEN }, () => points[Math.floor(random() * points.length)] ?? 1),
  )
  expect(wrong).toEqual([])
})
