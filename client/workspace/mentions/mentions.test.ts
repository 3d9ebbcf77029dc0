import { expect, it } from 'vitest'
import { finderOf, isOf, piecesOf } from './mentions.ts'

const NAMES = ['Ana', 'Ana Maria', 'Bo', 'Zoë', '王小明', 'C++ (dev)', 'Dr. No', 'Jean-Luc']

/** The mentions that are found among these people. */
function found(text: string, names: readonly string[] = NAMES): string[] {
  const finder = finderOf(names)
  return finder ? piecesOf(text, finder).filter((_, i) => i % 2 === 1) : []
}

it('[U60] a mention is the longest name that stands behind an @', () => {
  expect(found('@Ana Maria and @Ana, and (@Bo)!')).toEqual(['@Ana Maria', '@Ana', '@Bo'])
  expect(found('@Ana Mariana')).toEqual(['@Ana'])
  expect(found('@Anabel @Bo_ @Bo-Anne')).toEqual([])
  expect(found('@bo. @ZOË: @王小明 @C++ (dev), @dr. no @Jean-Luc')).toEqual([
    ...['@bo', '@ZOË', '@王小明', '@C++ (dev)', '@dr. no', '@Jean-Luc'],
  ])
  expect(found('@Bo’s and "@Bo"')).toEqual(['@Bo', '@Bo'])
})

it('[U60] none is in an address, a path, or a word', () => {
  expect(found('ana@bo.example x@Bo a.@Bo https://x.example/@Bo @bo.example @Bo@Ana')).toEqual([])
})

it('[U60] names are compared as they are shown: what turns or hides text is no part of them', () => {
  expect(found('@Bo', ['B\u202eo'])).toEqual(['@Bo'])
  expect(found('@B\u202eo', ['Bo'])).toEqual([])
  expect(found('@Ana', [])).toEqual([])
  expect(isOf('@bo', 'B\u202eo')).toBe(true)
  expect(isOf('@Ana', 'Ana Maria')).toBe(false)
})

it('[U60] nothing of a text is lost in its pieces', () => {
  const finder = finderOf(NAMES)
  for (const text of ['', '@Bo', 'a @Bo b', '@Bo @Ana', 'nobody', '@nobody']) {
    expect(finder && piecesOf(text, finder).join('')).toBe(text)
  }
})
