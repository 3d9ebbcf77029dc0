import { it } from 'vitest'
import { nobodyCanTell } from './nobody-can-tell.ts'

const RUNS = Number(process.env.HISTORIES ?? 150)

it(`[I1] whatever a secret is, nobody else can tell: ${RUNS} histories`, () => nobodyCanTell(RUNS))
