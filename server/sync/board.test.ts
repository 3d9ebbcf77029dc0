import { CLOSE, SYNC } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { ManualClock } from '../../test/kit/clock.ts'
import { docOf, draft, drafts, join, read, stateWith, until } from './board.fixture.ts'
import { FakeSession, heard, startHouse, sync } from './house.fixture.ts'

describe('writing a board', () => {
  it('[B1] prompters write together, and what was there is loaded', async () => {
    const house = await startHouse()
    house.session.place.stored = stateWith('d0', 'ann', 'from before')
    const [ann, ben] = [await join(house, 'ann'), await join(house, 'ben')]
    draft(ben.doc, 'd1', 'ben', 'together')
    await until(ann.doc, () => drafts(ann.doc).has('d1'))
    expect(read(ann.doc)).toEqual({
      d0: { owner: 'ann', text: 'from before' },
      d1: { owner: 'ben', text: 'together' },
    })
  })

  it('[B2] a viewer reads it; a viewer’s write closes with 4403 and reaches nobody', async () => {
    const house = await startHouse()
    const [ann, vic] = [await join(house, 'ann'), await join(house, 'vic')]
    draft(ann.doc, 'd1', 'ann', 'seen')
    await until(vic.doc, () => drafts(vic.doc).has('d1'))
    draft(vic.doc, 'd2', 'vic', 'not mine to write')
    const [end] = await heard(vic, 'closed')
    expect(end).toMatchObject({ code: CLOSE.forbidden })
    const other = await join(house, 'ben')
    expect(Object.keys(read(other.doc))).toEqual(['d1'])
  })

  it('[B2] the role is asked anew for each message', async () => {
    const house = await startHouse()
    const ben = await join(house, 'ben')
    const ann = await join(house, 'ann')
    draft(ben.doc, 'd1', 'ben', 'may')
    await until(ann.doc, () => drafts(ann.doc).has('d1'))
    house.session.roles.set('ben', 'viewer')
    draft(ben.doc, 'd2', 'ben', 'may not')
    const [end] = await heard(ben, 'closed')
    expect(end).toMatchObject({ code: CLOSE.forbidden })
  })

  it('[B3] what clients hold and the server lost comes back, because the server asks', async () => {
    const house = await startHouse()
    const local = new Y.Doc()
    draft(local, 'd1', 'ann', 'written before the crash')
    const ann = house.provider(house.session.boardName, 'ann', local)
    await heard(ann, 'synced')
    const ben = await join(house, 'ben')
    await until(ben.doc, () => drafts(ben.doc).has('d1'))
  })

  it.each([
    ['another root', (doc: Y.Doc) => doc.getText('elsewhere').insert(0, 'x')],
    ['a nested value', (doc: Y.Doc) => drafts(doc).set('d', { deep: {} } as unknown as Y.Map<unknown>)],
    ['bytes', (doc: Y.Doc) => drafts(doc).set('d', new Uint8Array(4) as unknown as Y.Map<unknown>)],
    ['a subdocument', (doc: Y.Doc) => drafts(doc).set('d', new Y.Doc() as unknown as Y.Map<unknown>)],
  ])('[B4] what no draft is made of closes with 4403: %s', async (_what, change) => {
    const house = await startHouse()
    const writer = await house.connect(house.session.boardName, 'ann')
    const doc = new Y.Doc()
    change(doc)
    await writer.synced()
    writer.send(sync(SYNC.update, Y.encodeStateAsUpdate(doc)))
    expect(await writer.closed).toBe(CLOSE.forbidden)
  })
})

describe('keeping a board', () => {
  it('[B5] it is saved two seconds after a change, once for all of them, and again when saving failed', async () => {
    const clock = new ManualClock()
    const house = await startHouse({ clock })
    const { place } = house.session
    const [ann, ben] = [await join(house, 'ann'), await join(house, 'ben')]
    const words = draft(ann.doc, 'd1', 'ann', '')
    for (const letter of 'hello') words.insert(words.length, letter)
    await until(ben.doc, () => JSON.stringify(read(ben.doc)).includes('hello'))
    clock.advance(1_900)
    expect(place.saves).toHaveLength(0)
    place.failing = true
    clock.advance(200)
    await new Promise(setImmediate)
    expect(house.warnings).toEqual(['a board could not be saved'])
    place.failing = false
    clock.advance(2_100)
    await place.until(() => place.saves.length === 1)
    expect(read(docOf(place.saves[0]))).toEqual({ d1: { owner: 'ann', text: 'hello' } })
  })

  it('[B5] it is saved at once when the last reader leaves', async () => {
    const clock = new ManualClock()
    const house = await startHouse({ clock })
    const [ann, ben] = [await join(house, 'ann'), await join(house, 'ben')]
    draft(ann.doc, 'd1', 'ann', 'unsaved')
    await until(ben.doc, () => drafts(ben.doc).has('d1'))
    ann.destroy()
    ben.destroy()
    await house.session.place.until(() => house.session.place.saves.length === 1)
    const again = await join(house, 'vic')
    expect(read(again.doc)).toEqual({ d1: { owner: 'ann', text: 'unsaved' } })
  })

  it('[B6] over its limit it is rebuilt from the live drafts, and its readers are sent to the next', async () => {
    const house = await startHouse({ limits: { boardBytes: 20_000 } })
    const { place } = house.session
    const ann = await join(house, 'ann')
    ann.doc.transact(() => {
      const words = draft(ann.doc, 'd1', 'ann', '')
      for (let i = 0; i < 3_000; i++) words.insert(0, 'x')
      words.delete(5, 2_995)
    })
    const [end] = await heard(ann, 'closed')
    expect(end).toMatchObject({ code: CLOSE.incarnation })
    const [rebuilt] = place.rolls
    expect(rebuilt?.length).toBeLessThan(100)
    expect(read(docOf(rebuilt))).toEqual({ d1: { owner: 'ann', text: 'xxxxx' } })
  })

  it('[B6] structs that wait for others count too, so that nothing grows unseen', async () => {
    const house = await startHouse({ limits: { boardBytes: 20_000 } })
    const writer = await house.connect(house.session.boardName, 'ann')
    await writer.synced()
    const doc = new Y.Doc()
    const words = draft(doc, 'd1', 'ann', '')
    const vector = Y.encodeStateVector(doc)
    words.insert(0, 'z'.repeat(30_000))
    writer.send(sync(SYNC.update, Y.encodeStateAsUpdate(doc, vector)))
    expect(await writer.closed).toBe(CLOSE.incarnation)
    expect(read(docOf(house.session.place.rolls[0]))).toEqual({})
  })

  it('[B7] live drafts over the limit close their writer with 4413; deleting is still taken', async () => {
    const house = await startHouse({ limits: { boardBytes: 20_000 } })
    const { place } = house.session
    const [ann, ben] = [await join(house, 'ann'), await join(house, 'ben')]
    draft(ann.doc, 'big', 'ann', 'x'.repeat(30_000))
    const [end] = await heard(ann, 'closed')
    expect(end).toMatchObject({ code: CLOSE.boardFull })
    expect(place.rolls).toEqual([])
    await until(ben.doc, () => drafts(ben.doc).has('big'))
    drafts(ben.doc).delete('big')
    const cas = await join(house, 'vic')
    await until(cas.doc, () => !drafts(cas.doc).has('big'))
    draft(ben.doc, 'next', 'ben', 'fits again')
    await until(cas.doc, () => drafts(cas.doc).has('next'))
  })

  it('[B8] without drafts and with more than 8 kB of history it starts anew when it is next saved', async () => {
    const clock = new ManualClock()
    const house = await startHouse({ clock })
    const { place } = house.session
    const ben = await join(house, 'ben')
    const ann = await house.connect(house.session.boardName, 'ann')
    // A clientID for each draft, as if many people had come and gone: what names them stays.
    const doc = new Y.Doc()
    for (let i = 0; i < 400; i++) {
      doc.clientID = 1_000_000 + i
      draft(doc, `d${i}`, 'ann', 'x')
    }
    for (const id of [...drafts(doc).keys()]) drafts(doc).delete(id)
    ann.send(sync(SYNC.update, Y.encodeStateAsUpdate(doc)))
    await until(ben.doc, () => ben.doc.store.clients.size === 400)
    clock.advance(2_100)
    const [end] = await heard(ben, 'closed')
    expect(end).toMatchObject({ code: CLOSE.incarnation })
    expect(place.rolls[0]?.length).toBeLessThan(10)
  })

  it('[B9] when someone who wrote is removed, it is rebuilt without them', async () => {
    const house = await startHouse()
    const { session, rooms } = house
    const [ann, ben] = [await join(house, 'ann'), await join(house, 'ben')]
    draft(ben.doc, 'd1', 'ben', 'mine')
    await until(ann.doc, () => drafts(ann.doc).has('d1'))
    session.roles.delete('ben')
    rooms.revoke('s1', 'ben')
    const [end] = await heard(ann, 'closed')
    expect(end).toMatchObject({ code: CLOSE.incarnation })
    expect(read(docOf(session.place.rolls[0]))).toEqual({ d1: { owner: 'ben', text: 'mine' } })
  })

  it('[B9] when someone who never wrote is removed, nobody is sent anywhere', async () => {
    const house = await startHouse()
    const { session, rooms } = house
    const [ann, vic, ben] = [await join(house, 'ann'), await join(house, 'vic'), await join(house, 'ben')]
    draft(ann.doc, 'd1', 'ann', 'mine')
    await until(ben.doc, () => drafts(ben.doc).has('d1'))
    session.roles.delete('vic')
    rooms.revoke('s1', 'vic')
    await heard(vic, 'closed')
    expect(session.place.rolls).toEqual([])
    house.gateway.rooms.rollBoards('s1')
    await heard(ann, 'closed')
    expect(session.place.rolls).toHaveLength(1)
  })

  it('[B9] so is one that was kept from before, and not where its lane never was for them', async () => {
    const house = await startHouse()
    const { session, rooms } = house
    const kept = new Y.Doc()
    draft(kept, 'd1', 'ben', 'whose, nobody knows')
    session.place.stored = Y.encodeStateAsUpdate(kept)
    session.place.audience = ['ann', 'ben']
    const ann = await join(house, 'ann')
    rooms.revoke('s1', 'vic')
    expect(session.place.rolls).toEqual([])
    rooms.revoke('s1', 'ben')
    await heard(ann, 'closed')
    expect(session.place.rolls).toHaveLength(1)
  })

  it('[B10] it survives its session’s leaving memory, with what was typed meanwhile', async () => {
    const house = await startHouse()
    const { session, rooms } = house
    const [ann, ben] = [await join(house, 'ann'), await join(house, 'ben')]
    draft(ann.doc, 'd1', 'ann', 'before')
    await until(ben.doc, () => drafts(ben.doc).has('d1'))
    rooms.suspend('s1')
    draft(ann.doc, 'd2', 'ann', 'meanwhile')
    rooms.resume(new FakeSession('s1', () => rooms, 1, session.place))
    await until(ben.doc, () => drafts(ben.doc).has('d2'))
    expect(read(ben.doc)).toEqual(read(ann.doc))
  })

  it('[B5] a server that stops keeps what was just typed', async () => {
    const house = await startHouse({ clock: new ManualClock() })
    const [ann, ben] = [await join(house, 'ann'), await join(house, 'ben')]
    draft(ann.doc, 'd1', 'ann', 'last words')
    await until(ben.doc, () => drafts(ben.doc).has('d1'))
    await house.gateway.close(CLOSE.restart)
    expect(read(docOf(house.session.place.stored ?? undefined))).toEqual({
      d1: { owner: 'ann', text: 'last words' },
    })
  })
})
