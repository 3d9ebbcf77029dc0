import { ERRORS } from '@colloquy/shared'
import { TURN_REASONS } from '@colloquy/shared/events'
import { expect, it } from 'vitest'
import { cleanName, hueOf, initialsOf } from './names.ts'
import { reasonFor, sentenceFor } from './refusals.ts'
import { agoOf, spanOf } from './times.ts'

/** Refusals that no act of the workspace can bring about. */
const NEVER_SHOWN = new Set(['COMMAND_REUSED', 'MEDIA_TYPE'])

it('[U26] every refusal of the server that a person may meet has a sentence of its own', () => {
  const silent = Object.keys(ERRORS).filter(
    (code) => !NEVER_SHOWN.has(code) && sentenceFor(code).includes(code),
  )
  expect(silent).toEqual([])
})

it('[U26] so has every reason for which a turn ends or waits', () => {
  expect(TURN_REASONS.filter((code) => reasonFor(code) === code)).toEqual([])
})

it('[U26] a code that is not known yet is shown rather than swallowed', () => {
  expect(sentenceFor('NEW_CODE')).toContain('NEW_CODE')
  expect(reasonFor('NEW_CODE')).toBe('NEW_CODE')
})

it('[U23] names lose what turns, hides or breaks them, and are never empty', () => {
  expect(cleanName('A\u202en\u200ba\u0000  \n B')).toBe('Ana B')
  expect(cleanName('\u200b\u2066')).toBe('Nameless')
  expect(initialsOf('ana maria bo')).toBe('AB')
  expect(initialsOf('美咲')).toBe('美')
  expect(initialsOf('👩‍👩‍👧 x')).toHaveLength(3)
})

it('[U23] a person’s hue follows from the id alone', () => {
  expect(hueOf('ana')).toBe(hueOf('ana'))
  expect(new Set(['ana', 'bo', 'cy', 'dee'].map(hueOf)).size).toBe(4)
})

it('[U26] times are told in the least words', () => {
  const minute = 60_000
  expect([0, minute, 90 * minute, 50 * 60 * minute].map((past) => agoOf(1e12 - past, 1e12))).toEqual([
    'now',
    '1m',
    '1h',
    '2d',
  ])
  expect([1, 60 * minute, 24 * 60 * minute, 7 * 24 * 60 * minute].map(spanOf)).toEqual([
    '1 minute',
    '1 hour',
    '1 day',
    '7 days',
  ])
})
