import type { Message, ShownLane, Snapshot } from '@colloquy/client'
import { expect, it } from 'vitest'
import { NewMessages } from './new-messages.ts'

/** A session with messages like `main 2`, of lanes of which `live` are in sync. */
function session(ids: readonly string[], live = ['main', 'few'], state = 'live'): Snapshot {
  const messages = ids.map((id) => {
    const [laneId, seq] = id.split(' ')
    return { id, laneId, metadata: { seq: Number(seq) } } as Message
  })
  const lanes = [...new Set(messages.map(({ laneId }) => laneId))].map((laneId) => {
    const seqs = messages.filter((each) => each.laneId === laneId).map(({ metadata }) => metadata.seq)
    return { laneId, lastSeq: Math.max(...seqs), live: live.includes(laneId) } as ShownLane
  })
  return { messages, lanes, connection: { state } } as unknown as Snapshot
}

const idsIn = (fresh: NewMessages, snapshot: Snapshot) => fresh.since(snapshot).map(({ id }) => id)

it('[U62] new is what comes after the lanes have come into sync', () => {
  const fresh = new NewMessages()
  expect(idsIn(fresh, session(['main 1'], [], 'connecting'))).toEqual([])
  expect(idsIn(fresh, session(['main 1', 'few 1'], ['main']))).toEqual([])
  expect(idsIn(fresh, session(['main 1', 'main 2', 'few 1', 'few 2']))).toEqual(['main 2'])
  expect(idsIn(fresh, session(['main 1', 'main 2', 'few 1', 'few 2', 'few 3']))).toEqual(['few 3'])
})

it('[U62] older pages are not new, and what came during an outage is', () => {
  const fresh = new NewMessages()
  fresh.since(session(['main 5']))
  expect(idsIn(fresh, session(['main 4', 'main 5']))).toEqual([])
  expect(idsIn(fresh, session(['main 5'], [], 'offline'))).toEqual([])
  expect(idsIn(fresh, session(['main 4', 'main 5', 'main 6']))).toEqual(['main 6'])
})

it('[U62] in a lane that somebody has just begun everything is new', () => {
  const fresh = new NewMessages()
  fresh.since(session(['main 5']))
  expect(idsIn(fresh, session(['main 5', 'few 1'], ['main']))).toEqual([])
  expect(idsIn(fresh, session(['main 5', 'few 1', 'few 2']))).toEqual(['few 1', 'few 2'])
})
