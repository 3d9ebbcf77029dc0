import { DEFAULT_LIMITS, MAIN_LANE, type Message } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import { expect, it } from 'vitest'
import { fold } from './fold.ts'
import { forkStory } from './fork-story.ts'
import { EMPTY, ENTRIES_KEPT, OPEN_KEPT, type State } from './state.ts'

const ana = { id: 'ana', name: 'Ana' }

function messages(count: number, text = 'words'): Message[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ id: `m${i}`, role: i % 2 === 0 ? ('user' as const) : ('assistant' as const) },
    metadata: { seq: i + 1, promptId: 'p', turnId: `t${i >> 1}`, author: ana, at: 1, status: 'done' },
    parts: [{ type: 'text', text }],
  }))
}

/** The state of a fork of these, and the most messages that it ever held. */
function forked(of: Message[]): { state: State; most: number } {
  let ids = 0
  const story = forkStory(
    { messages: of, turns: [] },
    ana,
    2,
    (prefix) => `${prefix}${ids++}`,
    DEFAULT_LIMITS,
  )
  const opened: SessionEvent = {
    type: 'lane.opened',
    at: 2,
    laneId: MAIN_LANE,
    audience: 'everyone',
    by: 'ana',
  }
  let state = fold(EMPTY, opened, 1)
  let most = 0
  for (const { event } of story) {
    state = fold(state, event, 1)
    most = Math.max(most, state.lanes[MAIN_LANE]?.entries.length ?? 0)
  }
  return { state, most }
}

it('[LR31] what fits in one doc begins there whole', () => {
  expect(forked(messages(500)).state.lanes[MAIN_LANE]).toMatchObject({
    incarnation: 1,
    firstSeq: 1,
    seq: 500,
  })
})

it('[LR31] of more the doc holds the end, and the state no more than one summary is made of, however much there is', () => {
  for (const count of [501, 8_000]) {
    const { state, most } = forked(messages(count))
    const lane = state.lanes[MAIN_LANE]
    expect(lane?.seq).toBe(count)
    expect(count - (lane?.firstSeq ?? 0)).toBeLessThanOrEqual(50)
    expect(lane?.entries.find(({ seq }) => seq >= lane.firstSeq)?.role).toBe('user')
    expect(lane?.entries.length).toBeGreaterThanOrEqual(Math.min(count, OPEN_KEPT))
    expect(most).toBeLessThanOrEqual(2 * OPEN_KEPT)
  }
})

it('[LR31] so it is by length: a few long messages are enough', () => {
  const { state } = forked(messages(60, 'x'.repeat(30_000)))
  expect(state.lanes[MAIN_LANE]).toMatchObject({ incarnation: 2, firstSeq: 55, seq: 60 })
})

it('[LR31] what has been summed up is dropped then', () => {
  const { state } = forked(messages(1_000))
  const { state: after } = { state: fold(state, compacted(940), 2) }
  expect(after.lanes[MAIN_LANE]?.entries[0]?.seq).toBe(1_000 - ENTRIES_KEPT + 1)
  const half = fold(state, compacted(500), 2)
  expect(half.lanes[MAIN_LANE]?.entries[0]?.seq).toBe(601)
})

it('[LR19] of each copy it says when it was asked, and not how long it waited', () => {
  const [asked, answered] = messages(2)
  const turn = { turnId: 't0', promptId: 'p', author: 'ana', laneId: 'l', acceptedAt: 70, claimedAt: 90 }
  const turns = [{ ...turn, endedAt: 95, end: 'done' as const, attempts: 1 }]
  const shared = { by: ana, at: 60, messageId: 'm9' }
  const copy = asked && { ...asked, metadata: { ...asked.metadata, at: 50, shared } }
  const told = [copy, asked, answered].flatMap((each) => each ?? [])
  const story = forkStory({ messages: told, turns }, ana, 100, (prefix) => prefix, DEFAULT_LIMITS)
  const times = story.flatMap(({ event }) => (event.type === 'entry.shared' ? [event.askedAt] : []))
  expect(times).toEqual([50, 70, 70])
})

function compacted(throughSeq: number): SessionEvent {
  const made = { sources: [], by: 'extract', cell: 'c', length: 1 } as const
  return { type: 'view.compacted', at: 3, laneId: MAIN_LANE, fromSeq: 1, throughSeq, ...made, sources: [] }
}
