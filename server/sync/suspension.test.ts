import { CLOSE, ColloquyError, MESSAGE, SYNC } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { awareness, FakeSession, type House, heard, startHouse, sync, textOf } from './house.fixture.ts'

/** The same session loaded again: what was durable, in new docs. */
function reloaded(house: House, incarnation = 1): FakeSession {
  const session = new FakeSession('s1', () => house.rooms, incarnation, house.session.place)
  Y.applyUpdate(session.main.doc, Y.encodeStateAsUpdate(house.session.main.doc))
  return session
}

describe('a session that leaves memory', () => {
  it('[S14] serves nothing while it is away; back again, readers get what they lack and notice nothing', async () => {
    const house = await startHouse()
    house.session.main.write('one')
    const reader = house.provider(house.session.main.name, 'ann')
    await heard(reader, 'synced')
    house.rooms.suspend('s1')
    const again = reloaded(house)
    again.main.change((doc) => textOf(doc).insert(3, ' two'))
    const caughtUp = heard(reader.doc, 'update')
    house.rooms.resume(again)
    await caughtUp
    expect(textOf(reader.doc).toString()).toBe('one two')
    again.main.write(' three')
    await heard(reader.doc, 'update')
    expect(Y.encodeStateAsUpdate(reader.doc)).toEqual(Y.encodeStateAsUpdate(again.main.doc))
    expect(reader.wsconnected).toBe(true)
  })

  it('[S14] what was never durable is never sent, and its clocks may be used again', async () => {
    const house = await startHouse()
    const { session, rooms } = house
    session.main.write('kept')
    const reader = await house.connect(session.main.name, 'ann')
    await reader.synced()
    const again = reloaded(house)
    const store = session.main.hold()
    session.main.change((doc) => textOf(doc).insert(4, ' LOST'))
    const late = await house.connect(session.main.name, 'ben')
    const answered = late.synced()
    await late.handled()
    rooms.suspend('s1')
    store.fail()
    again.main.change((doc) => textOf(doc).insert(4, ' other'))
    rooms.resume(again)
    await answered
    await reader.until(() => textOf(reader.doc).length > 4)
    expect(textOf(reader.doc).toString()).toBe('kept other')
    expect(textOf(late.doc).toString()).toBe('kept other')
  })

  it('[S14] who asks while it is away is answered when it is back', async () => {
    const house = await startHouse()
    house.session.main.write('one')
    const reader = await house.connect(house.session.main.name, 'ann')
    await reader.handled()
    house.rooms.suspend('s1')
    reader.step1()
    reader.send(sync(SYNC.update, new Uint8Array([0, 0])))
    await reader.handled()
    expect(reader.frames).toEqual([])
    house.rooms.resume(reloaded(house))
    await reader.until(() => textOf(reader.doc).toString() === 'one')
  })

  it('[S14] who connects while it is away is served by what opens next', async () => {
    const opened: FakeSession[] = []
    const opening = Promise.withResolvers<void>()
    const house = await startHouse({
      openSession: async () => {
        const session = opened.length === 0 ? house.session : reloaded(house)
        opened.push(session)
        await opening.promise
        return session
      },
    })
    house.session.main.write('durable')
    const reader = await house.connect(house.session.main.name, 'ann')
    const answered = reader.synced()
    await reader.handled()
    house.rooms.suspend('s1')
    house.session.main.change((doc) => textOf(doc).delete(0, 7))
    opening.resolve()
    await answered
    expect(opened).toHaveLength(2)
  })

  it('[S15] docs that are no longer current close with 4410, people who are no longer members with 4409', async () => {
    const house = await startHouse()
    const ann = await house.connect(house.session.main.name, 'ann')
    const ben = await house.connect(house.session.main.name, 'ben')
    await Promise.all([ann.synced(), ben.synced()])
    house.rooms.suspend('s1')
    const again = reloaded(house, 2)
    again.roles.delete('ben')
    house.rooms.resume(again)
    expect(await ann.closed).toBe(CLOSE.incarnation)
    expect(await ben.closed).toBe(CLOSE.revoked)
  })

  it('[S16] retiring a doc sends what was published before, then the code', async () => {
    const { session, rooms, connect } = await startHouse()
    const reader = await connect(session.main.name, 'ann')
    await reader.synced()
    session.main.write('the end')
    rooms.retire(session.main.name, CLOSE.incarnation)
    expect(await reader.closed).toBe(CLOSE.incarnation)
    expect(textOf(reader.doc).toString()).toBe('the end')
  })

  it('[S23] a session that cannot be opened now closes with 1012; one that does not exist with 4401', async () => {
    let code: 'STORE_UNAVAILABLE' | 'NOT_FOUND' = 'STORE_UNAVAILABLE'
    const house = await startHouse({
      openSession: async () => {
        throw new ColloquyError(code, 'no')
      },
    })
    const first = await house.connect(house.session.main.name, 'ann')
    expect(await first.closed).toBe(CLOSE.restart)
    code = 'NOT_FOUND'
    const second = await house.connect(house.session.main.name, 'ann')
    expect(await second.closed).toBe(CLOSE.ticket)
  })
})

describe('a person who is removed', () => {
  it('[S13] gets 4409 and no byte of what was published and not yet sent', async () => {
    const { session, rooms, connect } = await startHouse()
    const ann = await connect(session.main.name, 'ann')
    const ben = await connect(session.main.name, 'ben')
    await Promise.all([ann.synced(), ben.synced()])
    const before = ben.frames.length
    session.main.write('not for ben')
    session.roles.delete('ben')
    rooms.revoke('s1', 'ben')
    session.main.write(', nor this')
    expect(await ben.closed).toBe(CLOSE.revoked)
    await ann.until(() => textOf(ann.doc).toString() === 'not for ben, nor this')
    expect(ben.frames.length).toBe(before)
    expect(rooms.connections('s1')).toBe(1)
  })

  it('[S13] loses what waits in the socket as well', async () => {
    const { session, rooms, sockets, connect } = await startHouse()
    const ben = await connect(session.main.name, 'ben')
    await ben.synced()
    ben.ws.pause()
    const socket = sockets[0]
    while (socket && socket.writableLength === 0) {
      session.main.write('x'.repeat(64 * 1024))
      await new Promise(setImmediate)
    }
    session.main.write('secret')
    await new Promise(setImmediate)
    rooms.revoke('s1', 'ben')
    expect(socket?.destroyed).toBe(true)
    ben.ws.resume()
    expect(await ben.closed).toBe(1006)
    expect(textOf(ben.doc).toString()).not.toContain('secret')
  })

  it('[S13] is not let in by a ticket from before', async () => {
    const { session, rooms, connect } = await startHouse()
    session.roles.delete('ben')
    rooms.revoke('s1', 'ben')
    const ben = await connect(session.main.name, 'ben')
    expect(await ben.closed).toBe(CLOSE.ticket)
  })

  it('[S14] who is here is told to nobody while it is away, also to those who ask, and to all when it is back', async () => {
    const house = await startHouse()
    house.session.main.write('one')
    const { name } = house.session.main
    const [ann, ben] = [await house.connect(name, 'ann'), await house.connect(name, 'ben')]
    await Promise.all([ann.synced(), ben.synced()])
    ben.send(awareness([7, 1, { at: 'home' }]))
    await ann.until(() => ann.frames.some(isPresence))
    house.rooms.suspend('s1')
    const from = ann.frames.length
    ann.send(new Uint8Array([MESSAGE.queryAwareness]))
    await ann.handled()
    expect(ann.frames.slice(from).filter(isPresence)).toEqual([])
    house.rooms.resume(reloaded(house))
    await ann.until(() => ann.frames.slice(from).some(isPresence))
  })
})

const isPresence = (frame: Uint8Array) => frame[0] === MESSAGE.awareness
