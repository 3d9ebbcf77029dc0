import { expect, it, vi } from 'vitest'
import type * as Y from 'yjs'
import { TestClock } from '../test/clock.ts'
import { FakeServer, tokenOf } from '../test/server.ts'
import { noCopy } from './local.ts'
import { Room } from './room.ts'

// Before the imports run: lib0 keeps the `Date.now` that it finds.
vi.hoisted(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'] })
})

const server = () => new FakeServer()

async function enter(fake: FakeServer) {
  const docs: Y.Doc[] = []
  const codes: number[] = []
  const room = new Room({
    name: 'launch/main@1',
    where: { laneId: 'main', audience: 'everyone' },
    syncUrl: 'ws://colloquy.test/sync',
    WebSocket: fake.WebSocket,
    clock: new TestClock(),
    open: (doc) => {
      docs.push(doc)
      return noCopy
    },
    changed: () => {},
    peopleChanged: () => {},
    synced: () => {},
    closed: (code) => codes.push(code),
  })
  const headers = { authorization: `Bearer ${tokenOf('ana')}` }
  const answer = await fake.fetch('http://colloquy.test/api/v1/tickets', { method: 'POST', headers })
  room.connect((await answer.json()).ticket)
  await vi.waitUntil(() => room.synced)
  return { room, docs, codes }
}

it('[C14] sends nothing of what comes into the doc from the local copy', async () => {
  const fake = server()
  const { room, docs } = await enter(fake)
  docs[0]?.getMap('meta').set('title', 'from another tab')
  expect(fake.socket.updates).toEqual([])
  room.destroy()
})

it('[C10] after half a minute of silence the connection counts as lost, and is not opened by itself', async () => {
  const fake = server()
  const { room, codes } = await enter(fake)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(codes).toEqual([1006])
  expect(fake.sockets).toHaveLength(1)
  room.destroy()
})

it('[C10] tells nothing once it is destroyed', async () => {
  const fake = server()
  const { room, codes } = await enter(fake)
  fake.socket.end(1006)
  room.destroy()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(codes).toEqual([])
})
