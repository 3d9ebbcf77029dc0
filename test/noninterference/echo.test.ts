import fc from 'fast-check'
import { it } from 'vitest'
import { interrogate, scenario } from './interrogation.ts'

const SCENARIOS = 500

it(`[NI3] nobody is told what is not theirs, whatever they say, and everybody what is: ${SCENARIOS} scenarios`, async () => {
  let n = 0
  await fc.assert(
    fc.asyncProperty(scenario, async (each) => {
      const wrong = await interrogate(each, `scenario ${n++}`)
      if (wrong.length > 0) throw new Error(wrong.join('\n'))
    }),
    { numRuns: SCENARIOS },
  )
})
