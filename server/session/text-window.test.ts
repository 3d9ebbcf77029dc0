import { expect, it } from 'vitest'
import { ManualClock } from '../../test/kit/clock.ts'
import { TextWindow } from './text-window.ts'

function window() {
  const clock = new ManualClock()
  const seen: string[] = []
  return { clock, seen, window: new TextWindow(clock, (text) => seen.push(text)) }
}

it('[R6] the first token goes on at once, the next ones together after 40 ms', () => {
  const { clock, seen, window: text } = window()
  text.push('One')
  text.push(' two')
  text.push(' three')
  expect(seen).toEqual(['One'])
  clock.advance(39)
  expect(seen).toEqual(['One'])
  clock.advance(1)
  expect(seen).toEqual(['One', ' two three'])
})

it('[R6] 512 characters do not wait', () => {
  const { seen, window: text } = window()
  text.push('a')
  text.push('b'.repeat(511))
  expect(seen.length).toBe(1)
  text.push('c')
  expect(seen.map((each) => each.length)).toEqual([1, 512])
})

it('[R6] a character in two halves stays whole', () => {
  const { clock, seen, window: text } = window()
  text.push('\ud83d')
  expect(seen).toEqual([])
  clock.advance(100)
  text.push('\ude00!')
  expect(seen).toEqual(['😀!'])
})
