import { CLOSE } from '@colloquy/shared/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterClose, backoff } from './policy.ts'

describe('[C12] what follows a close code', () => {
  it.each([
    [CLOSE.ticket, { act: 'retry', wait: 'none' }],
    [CLOSE.identityExpired, { act: 'retry', wait: 'none', renewToken: true }],
    [CLOSE.forbidden, { act: 'end', reason: 'FORBIDDEN', erase: false }],
    [CLOSE.revoked, { act: 'end', reason: 'REVOKED', erase: true }],
    [CLOSE.incarnation, { act: 'rename' }],
    [CLOSE.boardFull, { act: 'end', reason: 'BOARD_FULL', erase: false }],
    [CLOSE.slow, { act: 'retry', wait: 'short' }],
    [CLOSE.tooMany, { act: 'retry', wait: 'spread' }],
    [CLOSE.restart, { act: 'retry', wait: 'spread' }],
    [1006, { act: 'retry', wait: 'short' }],
    [1009, { act: 'retry', wait: 'short' }],
    [4450, { act: 'end', reason: 'REFUSED', erase: false }],
  ])('%i', (code, action) => {
    expect(afterClose(code)).toEqual(action)
  })
})

describe('[C11] backing off', () => {
  it('stays between 250 ms and 10 s and never shrinks its bound', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, r) => {
        const wait = backoff(attempt, () => r)
        expect(wait).toBeGreaterThanOrEqual(250)
        expect(wait).toBeLessThanOrEqual(10_000)
        expect(backoff(attempt + 1, () => r)).toBeGreaterThanOrEqual(wait)
      }),
    )
  })
})
