import { beforeEach, expect, it } from 'vitest'
import { TestClock } from '../test/clock.ts'
import { Typing } from './typing.ts'

let clock: TestClock
let told: boolean[]
let typing: Typing
beforeEach(() => {
  clock = new TestClock()
  told = []
  typing = new Typing((is) => told.push(is), clock)
})

it('[C35] is told once, however many keys are pressed, and wears off after the last', async () => {
  for (let key = 0; key < 100; key++) {
    typing.set(true)
    await clock.advance(100)
  }
  expect(told).toEqual([true])
  await clock.advance(2_000)
  expect(told).toEqual([true])
  await clock.advance(2_000)
  expect(told).toEqual([true, false])
})

it('[C46] is told anew when the readers change, to be ended for those before', async () => {
  const heard: unknown[] = []
  const about = new Typing((is, audience) => heard.push([is, audience]), clock)
  about.set(true)
  about.set(true, ['bo'])
  about.set(true, ['bo'])
  await clock.advance(4_000)
  about.set(true, 'everyone')
  expect(heard).toEqual([
    [true, undefined],
    [true, ['bo']],
    [false, ['bo']],
    [true, 'everyone'],
  ])
})

it('[C35] ends at once when it is said so', async () => {
  typing.set(true)
  typing.set(false)
  typing.set(false)
  await clock.advance(10_000)
  expect(told).toEqual([true, false])
})
