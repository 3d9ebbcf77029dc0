import { expect, it } from 'vitest'
import { type News, notificationOf } from './news.ts'

const news: News = { kind: 'ready', id: 'm1', messageId: 'm1', audience: 'everyone' }

it('[U63] a notification says what came, and in which session', () => {
  expect(notificationOf(news, 'Launch\u202e week')).toEqual({
    title: 'Launch week',
    body: 'Your answer is ready',
  })
  expect(notificationOf({ ...news, kind: 'mention', by: 'B\u202eo' }, '')).toEqual({
    title: 'Untitled session',
    body: 'Bo mentioned you',
  })
})

it('[U63] of what not everyone reads it says neither where nor by whom', () => {
  const some = { ...news, audience: ['ana', 'bo'] }
  for (const kind of ['ready', 'ended', 'mention', 'approval'] as const) {
    const { title, body } = notificationOf({ ...some, kind, by: 'Bo' }, 'Secret plan')
    expect(title).toBe('Colloquy')
    expect(body).not.toMatch(/Bo|Secret/)
  }
})
