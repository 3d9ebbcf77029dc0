import fc from 'fast-check'
import { interference, report } from './compare.ts'
import { Coverage } from './coverage.ts'
import { history } from './random-history.ts'

/** From so many histories on, what hardly ever happens must have happened. */
const MANY = 1_000

/**
 * Random histories, each with two secrets. @throws with the seed, what differed and a short history that shows it
 * @param shift another one has other histories under the same seed
 */
export async function nobodyCanTell(runs: number, shift = 0): Promise<void> {
  const seed = Number(process.env.SEED ?? 0) + shift
  const coverage = new Coverage()
  const property = fc.asyncProperty(history, async (each) => {
    if (await interference(each, undefined, coverage.add)) throw new Error(await report(each))
  })
  // Its own shrinking keeps parts that a history does without.
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: true })
  const missing = runs < MANY ? [] : coverage.missing(runs)
  if (missing.length > 0)
    throw new Error(`too rare in ${runs} histories of seed ${seed}: ${missing.join('; ')}\n${coverage}`)
}
