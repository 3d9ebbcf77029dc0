import { expect, it } from 'vitest'
import { settle, TestClock } from '../test/clock.ts'
import type { Snapshot } from '../types/index.ts'
import { Publisher } from './publisher.ts'

it('[C4] a subscriber that throws does not keep the others from hearing', async () => {
  const thrown: unknown[] = []
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.once('uncaughtException', (error) => thrown.push(error))
  let title = ''
  const publisher = new Publisher(
    new TestClock(),
    () => ({ title }) as Snapshot,
    () => {},
  )
  const heard: string[] = []
  publisher.subscribe(() => {
    throw new Error('mine')
  })
  publisher.subscribe((snapshot) => heard.push(snapshot.title))
  title = 'Launch'
  publisher.changed()
  await settle()
  for (const listener of listeners) process.on('uncaughtException', listener)
  expect(heard).toEqual(['Launch'])
  expect(thrown).toMatchObject([{ message: 'mine' }])
})
