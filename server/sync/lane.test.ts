import { CLOSE, MESSAGE, SYNC } from '@colloquy/shared'
import { describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { heard, startHouse, sync, textOf } from './house.fixture.ts'

describe('reading a lane', () => {
  it('[S1] a stock client syncs, reads what is published, and holds what the server holds', async () => {
    const { session, provider } = await startHouse()
    session.main.write('before')
    const reader = provider(session.main.name, 'vic')
    await heard(reader, 'synced')
    expect(textOf(reader.doc).toString()).toBe('before')
    const arrived = heard(reader.doc, 'update')
    session.main.write(' after')
    await arrived
    expect(Y.encodeStateAsUpdate(reader.doc)).toEqual(Y.encodeStateAsUpdate(session.main.doc))
  })

  it('[S2] the server never asks a reader of a lane what it holds', async () => {
    const { session, connect } = await startHouse()
    const reader = await connect(session.main.name, 'ann')
    await reader.synced()
    session.main.write('x')
    await reader.until(() => textOf(reader.doc).length === 1)
    expect(reader.frames.filter((frame) => frame[0] === 0 && frame[1] === SYNC.step1)).toEqual([])
  })

  it('[S3] writing something the lane lacks closes with 4403, and no other reader gets a byte of it', async () => {
    const { session, connect, provider } = await startHouse()
    const reader = await connect(session.main.name, 'ben')
    await reader.synced()
    const before = reader.frames.length
    const writer = provider(session.main.name, 'ann')
    await heard(writer, 'synced')
    textOf(writer.doc).insert(0, 'mine')
    const [end] = await heard(writer, 'closed')
    expect(end).toMatchObject({ code: CLOSE.forbidden })
    session.main.write('fence')
    await reader.until(() => textOf(reader.doc).length > 0)
    expect(textOf(reader.doc).toString()).toBe('fence')
    expect(reader.frames.slice(before).filter((frame) => frame[0] === 0)).toHaveLength(1)
    expect(textOf(session.main.doc).toString()).toBe('fence')
  })

  it('[S3] a delete of what the lane holds is refused like a write', async () => {
    const { session, connect } = await startHouse()
    session.main.write('text')
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(session.main.doc))
    textOf(copy).delete(0, 2)
    const writer = await connect(session.main.name, 'ann')
    writer.send(sync(SYNC.update, Y.encodeStateAsUpdate(copy)))
    expect(await writer.closed).toBe(CLOSE.forbidden)
    expect(textOf(session.main.doc).toString()).toBe('text')
  })

  it('[S4] repeating the full state, as y-indexeddb makes stock clients do, is ignored', async () => {
    const { session, connect } = await startHouse()
    session.main.write('one two')
    textOf(session.main.doc).delete(0, 4)
    const reader = await connect(session.main.name, 'vic')
    reader.send(sync(SYNC.update, Y.encodeStateAsUpdate(session.main.doc)))
    reader.send(sync(SYNC.step2, Y.encodeStateAsUpdate(session.main.doc)))
    reader.send(sync(SYNC.step2, new Uint8Array([0, 0])))
    await reader.synced()
    expect(textOf(reader.doc).toString()).toBe('two')
  })

  it.each([
    ['an empty frame', new Uint8Array()],
    ['an unknown message type', new Uint8Array([9, 1, 2])],
    ['an unknown sync type', new Uint8Array([0, 7, 0])],
    ['a length beyond the frame', new Uint8Array([0, 2, 200, 1])],
    ['an update that does not decode', sync(SYNC.update, new Uint8Array([250, 1, 2, 3]))],
    ['a state vector that does not decode', sync(SYNC.step1, new Uint8Array([3, 1]))],
    ['awareness that does not decode', new Uint8Array([1, 2, 5, 5])],
    ['a text frame', 'hello'],
  ])('[S5] %s closes with 4403', async (_what, frame) => {
    const { session, connect } = await startHouse()
    const client = await connect(session.main.name, 'ann')
    client.send(frame)
    expect(await client.closed).toBe(CLOSE.forbidden)
  })

  it('[S5] a frame of 10 MB closes with 1009 and costs the others nothing', async () => {
    const { session, connect } = await startHouse()
    const other = await connect(session.main.name, 'ben')
    await other.synced()
    const client = await connect(session.main.name, 'ann')
    client.send(sync(SYNC.update, new Uint8Array(10_000_000)))
    // The server hangs up while most of the frame is still on its way, so the close frame may not be seen.
    expect([1009, 1006]).toContain(await client.closed)
    session.main.write('fence')
    await other.until(() => textOf(other.doc).toString() === 'fence')
  })
})

describe('only what is durable leaves', () => {
  it('[S6] an answer waits until what it holds is durable', async () => {
    const { session, rooms, connect } = await startHouse()
    const store = session.main.hold()
    const { update, vector } = session.main.change((doc) => textOf(doc).insert(0, 'later'))
    const reader = await connect(session.main.name, 'ben')
    const answered = reader.synced()
    await reader.handled()
    expect(reader.frames).toEqual([])
    store.settle()
    await answered
    expect(textOf(reader.doc).toString()).toBe('later')
    rooms.publish(session.main.name, update, vector)
  })

  it('[S7] the answer and the updates published after it are complete, in whatever order they leave', async () => {
    const { session, rooms, connect } = await startHouse()
    const reader = await connect(session.main.name, 'ann')
    await reader.synced()
    const first = session.main.hold()
    const one = session.main.change((doc) => textOf(doc).insert(0, 'one '))
    const late = await connect(session.main.name, 'ben')
    const answered = late.synced()
    await late.handled()
    const two = session.main.change((doc) => textOf(doc).insert(4, 'two'))
    rooms.publish(session.main.name, one.update, one.vector)
    rooms.publish(session.main.name, two.update, two.vector)
    first.settle()
    await answered
    await late.until(() => textOf(late.doc).toString() === 'one two')
    await reader.until(() => textOf(reader.doc).toString() === 'one two')
  })

  it('[S7] who comes back gets nothing that builds on what it lacks before its answer', async () => {
    const { session, connect, rooms } = await startHouse()
    const { main } = session
    main.write('one')
    const before = await connect(main.name, 'ann')
    await before.synced()
    before.ws.terminate()
    main.write(' two')

    const back = await connect(main.name, 'ann')
    Y.applyUpdate(back.doc, Y.encodeStateAsUpdate(before.doc))
    const shown: string[] = []
    back.doc.on('update', () => shown.push(textOf(back.doc).toString()))
    rewrite()
    await back.handled()
    const { settle } = main.hold()
    back.step1(Y.encodeStateVector(back.doc))
    await back.handled()
    rewrite()
    await back.handled()
    expect(back.frames.filter(([type]) => type === MESSAGE.sync)).toEqual([])
    settle()
    await back.until(() => textOf(back.doc).toString() === 'three! two')
    expect(shown.filter((text) => !text.startsWith('one') && !text.startsWith('three'))).toEqual([])

    /** A delete of what it holds and an insert that it cannot place yet, in one update. */
    function rewrite(): void {
      const { update, vector } = main.change((doc) => {
        const text = textOf(doc)
        if (text.toString().startsWith('three')) return text.insert(5, '!')
        text.delete(0, 3)
        text.insert(0, 'three')
      })
      rooms.publish(main.name, update, vector)
    }
  })

  it('[S12] what a client says while its session is still being opened is kept and answered in order', async () => {
    const opening = Promise.withResolvers<void>()
    const house = await startHouse({
      openSession: async () => {
        await opening.promise
        return house.session
      },
    })
    house.session.main.write('patience')
    const reader = house.provider(house.session.main.name, 'ann')
    const synced = heard(reader, 'synced')
    await heard(reader, 'status')
    opening.resolve()
    await synced
    expect(textOf(reader.doc).toString()).toBe('patience')
  })

  it('[S12] what is kept is bounded', async () => {
    const house = await startHouse({ openSession: () => new Promise(() => {}) })
    const client = await house.connect(house.session.main.name, 'ann')
    for (let i = 0; i < 20; i++) client.step1()
    expect(await client.closed).toBe(CLOSE.tooMany)
  })
})

describe('what it costs', () => {
  it('[S8] what is published in one turn is one write to each reader', async () => {
    const { session, sockets, connect } = await startHouse()
    const readers = [await connect(session.main.name, 'ann'), await connect(session.main.name, 'ben')]
    for (const reader of readers) await reader.synced()
    const writes = sockets.map((socket) => vi.spyOn(socket, 'write'))
    for (let i = 0; i < 50; i++) session.main.write('x'.repeat(i % 7 ? 10 : 70_000))
    for (const reader of readers)
      await reader.until(() => textOf(reader.doc).length === textOf(session.main.doc).length)
    expect(writes.map((write) => write.mock.calls.length)).toEqual([1, 1])
    expect(writes[0]?.mock.calls[0]?.[0]).toBe(writes[1]?.mock.calls[0]?.[0])
  })

  it('[S9] readers who come while the lane is written share one encoding of it', async () => {
    const { session, sockets, connect } = await startHouse()
    session.main.write('text')
    const answers: unknown[] = []
    for (const text of ['a', 'b', 'c', 'd']) {
      const reader = await connect(session.main.name, 'ann')
      const write = vi.spyOn(sockets.at(-1) ?? expect.unreachable(), 'write')
      await reader.synced()
      // Who is told to be in sync has all of it, what was published since that encoding too: step 2 is the last.
      expect(textOf(reader.doc).toString()).toBe(textOf(session.main.doc).toString())
      const kinds = reader.frames.filter(([type]) => type === MESSAGE.sync).map(([, kind]) => kind)
      expect(kinds.indexOf(SYNC.step2)).toBe(kinds.length - 1)
      answers.push(write.mock.calls[0]?.[0])
      session.main.write(text)
    }
    expect(new Set(answers).size).toBe(1)
  })
})
