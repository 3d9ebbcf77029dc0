import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { interference, isSteady } from './compare.ts'
import {
  cacheCounts,
  corpusStatistics,
  privateNameInSchema,
  resultDependentNarrowing,
  sharedRandom,
} from './faults.ts'
import { history } from './random-history.ts'
import type { Faults } from './world.ts'

/** Faults inside of the server's own functions; at most one is on. */
const { on } = vi.hoisted(() => ({ on: { fault: 'none' } }))

vi.mock('../../server/session/fold-turns.ts', async (original) => {
  const { sharedSeq } = await import('./faults-inside.ts')
  return sharedSeq(await original(), () => on.fault === 'seq')
})
vi.mock('../../server/session/view/lanes.ts', async (original) => {
  const { membershipFlow } = await import('./faults-inside.ts')
  return membershipFlow(await original(), () => on.fault === 'membership')
})
vi.mock('../../server/session/view/plan-summary.ts', async (original) => {
  const { crossLaneCompaction } = await import('./faults-inside.ts')
  return crossLaneCompaction(await original(), () => on.fault === 'compaction')
})

const MOST = 1_000

/** True when somebody could tell with the fault, by the secrets alone, and nobody without it. */
async function isFound(fault: string, faults: Faults = {}): Promise<boolean> {
  const histories = fc.sample(history, { numRuns: MOST, seed: Number(process.env.SEED ?? 0) })
  for (const each of histories) {
    on.fault = fault
    if (!(await interference(each, () => faults))) continue
    if (!(await isSteady(each, () => faults))) continue
    on.fault = 'none'
    if (!(await interference(each))) return true
  }
  return false
}

describe('[NI2] a planted leak is found by the same histories', () => {
  const outside = [
    ['one random source for all lanes', sharedRandom],
    ['narrowing by what a call found', resultDependentNarrowing],
    ['corpus statistics in ranking', corpusStatistics],
    ['cache counts in usage', cacheCounts],
    ['a private name in a tool schema', privateNameInSchema],
  ] as const
  it.each(outside)('%s', async (_name, faults) => {
    expect(await isFound('none', faults)).toBe(true)
  })

  const inside = [
    ['one `seq` for all lanes', 'seq'],
    ['flow by who is a member now', 'membership'],
    ['compaction across lanes', 'compaction'],
  ] as const
  it.each(inside)('%s', async (_name, fault) => {
    expect(await isFound(fault)).toBe(true)
  })
})
