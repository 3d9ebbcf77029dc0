import { it } from 'vitest'
import { nobodyCanTell } from './nobody-can-tell.ts'

it('[NI1] whatever a secret is, nobody else can tell: 1,000 more histories', () => nobodyCanTell(1_000, 2))
