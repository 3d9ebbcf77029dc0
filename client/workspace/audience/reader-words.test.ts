import { expect, it } from 'vitest'
import { choiceWords, inSentence, listOf, readersOf, type Who, willRead } from './reader-words.ts'

const names: Record<string, string> = { ana: 'Ana', bo: 'Bo', cy: 'C\u202ey', dee: 'Dee', eve: 'Eve' }
const who: Who = { myId: 'ana', nameOf: (id) => names[id] ?? id, isHere: (id) => id !== 'eve' }

it('[U36] who reads a thing is told by name, and never as more than it is', () => {
  expect(readersOf('everyone', who)).toBe('Everyone here, now and later')
  expect(readersOf(['ana'], who)).toBe('Only you')
  expect(readersOf(['ana', 'bo'], who)).toBe('You and Bo')
  expect(readersOf(['ana', 'bo', 'cy'], who)).toBe('You, Bo and Cy')
  expect(readersOf(['ana', 'bo', 'cy', 'dee', 'x'], who)).toBe('You, Bo, Cy and 2 others')
  expect(readersOf(['ana', 'group:design'], who)).toBe('You and group design')
  expect(readersOf(['ana', 'eve'], who)).toBe('You and Eve (has left)')
})

it('[U36] so is who will read what is sent', () => {
  expect(choiceWords([{ id: 'bo', name: 'Bo' }])).toBe('You and Bo')
  expect(choiceWords([{ id: 'group:design', name: 'design' }])).toBe('You and group design')
  expect(willRead('everyone', 'this')).toBe('Everyone in this session, now and later, will read this.')
  expect(willRead([], 'this')).toBe('Only you will read this.')
  expect(inSentence(choiceWords([]))).toBe('only you')
})

it('[U36] a list reads as people say it', () => {
  expect([['a'], ['a', 'b'], ['a', 'b', 'c'], []].map(listOf)).toEqual(['a', 'a and b', 'a, b and c', ''])
})
