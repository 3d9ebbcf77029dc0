import fc from 'fast-check'
import { interference, report } from './compare.ts'
import { history } from './history.ts'

/**
 * Random histories, each with two secrets. @throws with the seed, what differed and a short history that shows it
 * @param shift another one has other histories under the same seed
 */
export async function nobodyCanTell(runs: number, shift = 0): Promise<void> {
  const seed = Number(process.env.SEED ?? 0) + shift
  const property = fc.asyncProperty(history, async (each) => {
    if (await interference(each)) throw new Error(await report(each))
  })
  // Its own shrinking keeps parts that a history does without.
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: true })
}
