import fc from 'fast-check'
import { it } from 'vitest'
import { apart } from './compare.ts'
import { plainHistory } from './random-history.ts'
import { playOnWire, type Told } from './wire-play.ts'

const RUNS = 50

it(`[NI1] over real sockets, too, nobody else can tell what a secret is: ${RUNS} histories`, async () => {
  await fc.assert(
    fc.asyncProperty(plainHistory, async (each) => {
      const left = await playOnWire(each, 'left')
      const right = await playOnWire(each, 'right')
      const found = toldApart(left, right)
      if (found) throw new Error(found)
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
})

/** The first thing that somebody was told in one run and not in the other. */
function toldApart(left: Told, right: Told): string | null {
  for (const userId of new Set([...left.keys(), ...right.keys()])) {
    const [one = [], other = []] = [left.get(userId), right.get(userId)]
    for (let n = 0; n < Math.max(one.length, other.length); n++) {
      const [a, b] = [one[n], other[n]].map((each) => (each ? `${each.what}: ${each.words}` : 'nothing'))
      if (a === b) continue
      const { left: shown, right: instead } = apart(a ?? '', b ?? '')
      return `${userId} could tell the secrets apart by answer ${n} ${a?.slice(0, 60)} ${b?.slice(0, 60)}\n--- one secret\n${shown}\n--- the other\n${instead}`
    }
  }
  return null
}
