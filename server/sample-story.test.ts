import { sessionEvent } from '@colloquy/shared/events'
import { expect, it } from 'vitest'
import { sampleStory, waitingStory } from './sample-story.ts'

const people = ['ana', 'bo', 'cy'].map((id) => ({ id, name: id }))
let ids = 0
const newId = (kind: string) => `${kind}_${ids++}`

it('[U12] the sample is made of events like all others; what waits in it is for the offline model alone', () => {
  const waiting = waitingStory(people, 1e12, newId)
  for (const { event } of [...sampleStory(people, 1e12, newId), ...waiting]) {
    expect(() => sessionEvent.parse(event)).not.toThrow()
  }
  expect(waiting.length).toBeGreaterThan(1)
  expect(waiting.map(({ event }) => 'model' in event && event.model)).toEqual(waiting.map(() => 'offline'))
})
