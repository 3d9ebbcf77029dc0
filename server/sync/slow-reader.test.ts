import { CLOSE } from '@colloquy/shared'
import { describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { ManualClock } from '../../test/kit/clock.ts'
import { type Client, type House, startHouse, textOf } from './house.fixture.ts'

const LIMIT = 1024 * 1024
const CHUNK = 'x'.repeat(64 * 1024)

/** Lets a reader stop reading, and writes until its socket holds more than the limit; answers how often. */
async function outrun(house: House, reader: Client): Promise<number> {
  const socket = house.sockets[0]
  let written = 0
  reader.ws.pause()
  while (socket && socket.writableLength <= LIMIT) {
    house.session.main.write(CHUNK)
    written++
    await new Promise(setImmediate)
  }
  return written
}

// It takes megabytes until the system's own buffers of a socket are full, and that its time on a busy machine.
describe('a reader that falls behind', { timeout: 20_000 }, () => {
  it('[S10] gets nothing more past the limit, however much is written, and the others do not wait', async () => {
    const house = await startHouse()
    const { session, sockets } = house
    const slow = await house.connect(session.main.name, 'ann')
    await slow.synced()
    const quick = await house.connect(session.main.name, 'ben')
    await quick.synced()
    await outrun(house, slow)
    const held = sockets[0]?.writableLength ?? 0
    for (let i = 0; i < 100; i++) {
      session.main.write(CHUNK)
      await new Promise(setImmediate)
    }
    expect(sockets[0]?.writableLength).toBe(held)
    expect(held).toBeLessThan(LIMIT + 2 * CHUNK.length)
    await quick.until(() => textOf(quick.doc).length === textOf(session.main.doc).length)
  })

  it('[S10] is caught up by one difference when it reads again', async () => {
    const house = await startHouse()
    const { session } = house
    const slow = await house.connect(session.main.name, 'ann')
    await slow.synced()
    const before = slow.frames.length
    const written = await outrun(house, slow)
    for (let i = 0; i < 50; i++) {
      session.main.write('y')
      await new Promise(setImmediate)
    }
    slow.ws.resume()
    await slow.until(() => textOf(slow.doc).length === textOf(session.main.doc).length)
    expect(Y.encodeStateVector(slow.doc)).toEqual(Y.encodeStateVector(session.main.doc))
    session.main.write('z')
    await slow.until(() => textOf(slow.doc).length === textOf(session.main.doc).length)
    expect(slow.frames.length - before).toBe(written + 2)
  })

  it('[S11] is closed with 4508 when it has not read for 30 s', async () => {
    const clock = new ManualClock()
    const house = await startHouse({ clock })
    const { session } = house
    const slow = await house.connect(session.main.name, 'ann')
    await slow.synced()
    await outrun(house, slow)
    session.main.write('noticed')
    await new Promise(setImmediate)
    clock.advance(29_000)
    expect(house.gateway.metrics().connections).toBe(1)
    clock.advance(3_000)
    expect(house.gateway.metrics()).toMatchObject({ connections: 0, closed: { [CLOSE.slow]: 1 } })
    slow.ws.resume()
    expect(await slow.closed).toBe(CLOSE.slow)
  })

  it('[S11] then, too, when lanes that only they read come and go meanwhile: others see when they are gone', async () => {
    const clock = new ManualClock()
    const house = await startHouse({ clock })
    const slow = await house.connect(house.session.main.name, 'ann')
    await slow.synced()
    await outrun(house, slow)
    clock.advance(10_000)
    house.rooms.ring('s1', ['ann'])
    clock.advance(5_000)
    house.rooms.ring('s1', ['ann'])
    clock.advance(29_000)
    expect(house.gateway.metrics().connections).toBe(1)
    clock.advance(3_000)
    expect(house.gateway.metrics()).toMatchObject({ connections: 0, closed: { [CLOSE.slow]: 1 } })
  })

  it('[S10] readers who fell behind at the same point share one difference', async () => {
    const house = await startHouse()
    const { session, rooms } = house
    const readers = [
      await house.connect(session.main.name, 'ann'),
      await house.connect(session.main.name, 'ben'),
    ]
    for (const reader of readers) await reader.synced()
    session.main.write('seen')
    for (const reader of readers) await reader.until(() => textOf(reader.doc).toString() === 'seen')
    rooms.suspend('s1')
    session.main.change((doc) => textOf(doc).insert(4, ' missed'))
    const writes = house.sockets.map((socket) => vi.spyOn(socket, 'write'))
    rooms.resume(session)
    for (const reader of readers) await reader.until(() => textOf(reader.doc).toString() === 'seen missed')
    expect(writes[0]?.mock.calls[0]?.[0]).toBe(writes[1]?.mock.calls[0]?.[0])
  })
})
