import { expect, it } from 'vitest'
import { granteesWords, toggledId } from './grant-words.ts'

const nameOf = (id: string) => ({ ana: 'Ana', bo: 'bo', cy: 'C\u202ey' })[id] ?? id

it('[U72] whom a grant names is told by name, and never as more or fewer', () => {
  expect(granteesWords('everyone', nameOf)).toBe('Everyone')
  expect(granteesWords([], nameOf)).toBe('Nobody')
  expect(granteesWords(['bo'], nameOf)).toBe('bo')
  expect(granteesWords(['ana', 'group:design'], nameOf)).toBe('Group design and Ana')
  expect(granteesWords(['cy', 'ana', 'bo', 'unknown-id'], nameOf)).toBe('Cy, Ana, bo and unknown-id')
  expect(granteesWords(['cy', 'ana', 'bo', 'd', 'e'], nameOf)).toBe('Cy, Ana, bo and 2 more')
})

it('[U72] picking again takes away', () => {
  expect(toggledId(['a'], 'b')).toEqual(['a', 'b'])
  expect(toggledId(['a', 'b'], 'a')).toEqual(['b'])
})
