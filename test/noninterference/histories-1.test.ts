import { it } from 'vitest'
import { nobodyCanTell } from './nobody-can-tell.ts'

it('[NI1] whatever a secret is, nobody else can tell: the first 1,000 histories', () =>
  nobodyCanTell(1_000, 1))
