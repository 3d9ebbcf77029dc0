import { describe, it } from 'vitest'
import { interference, report } from './compare.ts'
import { FOUND } from './found.ts'
import { NAMED } from './named.ts'
import { nobodyCanTell } from './nobody-can-tell.ts'

const RUNS = Number(process.env.HISTORIES ?? 150)

describe('[NI1] whatever a secret is, nobody else can tell', () => {
  it(`${RUNS} histories`, () => nobodyCanTell(RUNS))

  it.each(Object.entries({ ...NAMED, ...FOUND }))('%s', async (_name, history) => {
    if (await interference(history)) throw new Error(await report(history))
  })
})
