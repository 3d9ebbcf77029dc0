import { expect, it } from 'vitest'
import { crashRun } from './crash-run.ts'
import { ROUNDS } from './rounds.ts'

it('try', async () => {
  const t = Date.now()
  const seen = await crashRun(ROUNDS.slice(0, 1))
  console.log(Date.now() - t, JSON.stringify(seen, null, 1))
  const t2 = Date.now()
  const s2 = await crashRun(ROUNDS.slice(0, 1), 20)
  console.log(Date.now() - t2, JSON.stringify(s2, null, 1))
}, 60000)
