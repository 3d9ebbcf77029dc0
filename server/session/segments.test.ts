import { DEFAULT_LIMITS } from '@colloquy/shared'
import { expect, it } from 'vitest'
import { nextSegment } from './segments.ts'
import type { Entry } from './state.ts'
import { Talk } from './view/talk.fixture.ts'

const LENGTH = { exceeds: () => false, textLength: () => 1 } as unknown as Parameters<typeof nextSegment>[1]
const limits = { ...DEFAULT_LIMITS, segmentMessages: 6, segmentCarry: 4 }

/** Roles of what a full lane carries over; `q` and `a` are a turn's, `c` is a copy of an answer. */
function carried(kinds: string): string {
  const talk = new Talk()
  const made: Entry[] = []
  for (const [at, kind] of [...kinds].entries()) {
    const turnId = kind === 'c' ? talk.id('t') : `t_${kinds.slice(0, at + 1).split('q').length}`
    made.push(talk.add('main', { role: kind === 'q' ? 'user' : 'assistant', turnId, cells: [] }))
  }
  const { main } = talk.state.lanes
  const rolled = main && nextSegment(main, LENGTH, limits, 1)
  return made.map(({ seq }, at) => (rolled && seq >= rolled.firstSeq ? kinds[at] : '')).join('')
}

it('a lane goes on with whole turns: no answer without its question, wherever copies stand between', () => {
  expect(carried('qaqaqaqa')).toBe('qaqa')
  expect(carried('qaqaqacqa')).toBe('cqa')
  expect(carried('qaqaqaqac')).toBe('qac')
  expect(carried('qaqaqaccqa')).toBe('ccqa')
})
