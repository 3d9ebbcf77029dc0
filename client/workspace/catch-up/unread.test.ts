import type { Message, ShownLane } from '@colloquy/client'
import { expect, it } from 'vitest'
import { sinceWords } from './since-words.ts'
import { newBehind, openedLanes, seenAmong, unreadAt, unreadCount } from './unread.ts'

const ana = { id: 'ana', name: 'Ana' }
const bo = { id: 'bo', name: 'B\u202eo' }

function said(
  seq: number,
  author = ana,
  laneId = 'main',
  role: Message['role'] = 'user',
  metadata: Partial<Message['metadata']> = {},
) {
  return {
    ...{ id: `${laneId}${seq}`, laneId, role, parts: [] },
    metadata: { seq, author, at: 1_000, status: 'done', ...metadata },
  } as unknown as Message
}
const lane = (laneId: string, lastSeq: number, live = true) => ({ laneId, lastSeq, live }) as ShownLane

it('[U58] what was missed begins with others’ first message that was there and not seen', () => {
  const messages = [said(1), said(2, bo), said(1, ana, 'l1'), said(3, bo), said(4, ana), said(5, bo)]
  const at = (seen: Record<string, number>, there: Record<string, number>, me = 'bo') => {
    const unread = unreadAt({ seen, there }, messages, me)
    return unread && [unread.first.id, unread.count]
  }
  expect(at({ main: 2 }, { main: 5, l1: 1 })).toEqual(['l11', 2])
  expect(at({ main: 2, l1: 1 }, { main: 5, l1: 1 })).toEqual(['main4', 1])
  expect(at({ main: 5, l1: 1 }, { main: 5, l1: 1 })).toBeNull()
  // What comes while somebody reads is not what they missed.
  expect(at({ main: 3, l1: 1 }, { main: 3, l1: 1 })).toBeNull()
  expect(at({ main: 4, l1: 1 }, { main: 5, l1: 1 }, 'ana')).toEqual(['main5', 1])
})

it('[U58] one’s own questions were seen, also what one shared; answers to them are news', () => {
  const shared = { by: bo, at: 2_000, messageId: 'm0' }
  const messages = [said(1, bo), said(2, bo, 'main', 'assistant'), said(3, ana, 'main', 'user', { shared })]
  const unread = unreadAt({ seen: {}, there: { main: 3 } }, messages, 'bo')
  expect(unread).toMatchObject({ first: { id: 'main2' }, count: 1 })
})

it('[U58] a lane counts from when it is in sync, and one that came later was not missed', () => {
  const start = { seen: { main: 2 }, there: {} }
  const listed = new Set(['main', 'l1'])
  const first = openedLanes(start, listed, [lane('main', 7), lane('l1', 0, false)])
  expect(first.there).toEqual({ main: 7 })
  const next = openedLanes(first, listed, [lane('main', 9), lane('l1', 4), lane('l2', 1)])
  expect(next.there).toEqual({ main: 7, l1: 4 })
  expect(openedLanes(next, listed, [lane('main', 10), lane('l1', 5), lane('l2', 1)])).toBe(next)
})

it('[U57] what is new below counts others’ messages behind what was seen', () => {
  const messages = [said(1, bo), said(2, bo), said(1, bo, 'l1'), said(3, ana), said(4, bo)]
  expect(newBehind({ main: 2 }, messages, 'ana')).toBe(2)
  expect(newBehind({ main: 4 }, messages, 'ana')).toBe(0)
  const many = Array.from({ length: 300 }, (_, i) => said(i + 1, bo))
  expect(newBehind({}, many, 'ana')).toBe(100)
})

it('[U57] of a listed session all counts that came after what was seen; of one never opened here nothing', () => {
  const lanes = [lane('main', 7), lane('l1', 2)]
  expect(unreadCount({ main: 5, l9: 4 }, lanes)).toBe(4)
  expect(unreadCount({ main: 8, l1: 2 }, lanes)).toBe(0)
  expect(unreadCount(null, lanes)).toBe(0)
  expect(seenAmong([said(3), said(1, bo, 'l1'), said(2)])).toEqual({ main: 3, l1: 1 })
})

it('[U59] asking what happened names the first message that was missed, and none of its words', () => {
  const words = (message: Message) => sinceWords(message, 'ana', 1_000)
  expect(words(said(12, bo))).toMatch(/^What happened here since Bo’s question at \S.* \(#12\)\? Tell me/)
  expect(words(said(13, bo, 'main', 'assistant'))).toContain('since the answer to Bo at')
  expect(words(said(13, ana, 'main', 'assistant'))).toContain('since the answer to me at')
  const shared = { by: bo, at: 2_000, messageId: 'm0' }
  expect(words(said(3, ana, 'main', 'user', { shared }))).toContain('since what Bo shared at')
})
