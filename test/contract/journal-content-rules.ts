import { expect, it } from 'vitest'
import { bytes, code, type JournalSubject, mark, said } from './journal-subject.ts'

/** What a stream holds: cells, docs, snapshots, pages of events. */
export function contentRules(on: JournalSubject): void {
  it('[J24] an erased text is gone from load, read and bodies; its event stays', async () => {
    await on.append('s', { events: [said('a'), said('b')] })
    await on.append('s', { events: [mark('retracted')], erase: ['a', 'unknown'] })
    for (const again of [false, true]) {
      if (again) await on.reopen()
      const events = [
        { seq: 1, event: { type: 'said', at: 1, cell: 'a' }, body: null },
        { seq: 1, event: { type: 'said', at: 1, cell: 'b' }, body: 'text of b' },
        { seq: 2, event: { type: 'retracted', at: 1 } },
      ]
      expect((await on.journal.load('s')).events).toEqual(events)
      expect(await on.journal.read('s', { after: 0, limit: 10 })).toEqual(events)
      expect(await on.journal.bodies('s', ['a', 'b', 'c'])).toEqual(new Map([['b', 'text of b']]))
    }
  })

  it('[J25] cells of one stream are unknown to the others', async () => {
    await on.append('s', { events: [said('a', 'of s')] })
    await on.append('t', { events: [said('a', 'of t')] })
    await on.append('t', { events: [], erase: ['a'] })
    expect(await on.journal.bodies('s', ['a'])).toEqual(new Map([['a', 'of s']]))
    expect(await on.journal.bodies('t', ['a'])).toEqual(new Map())
  })

  it('[J26] updates come back per doc, in order, byte for byte', async () => {
    const large = Uint8Array.from({ length: 100_000 }, (_, n) => (n * 31) % 256)
    await on.append('s', { updates: [1, 2, 3].map((n) => ({ doc: 'd', update: bytes(n) })) })
    await on.append('s', {
      updates: [
        { doc: 'e', update: large },
        { doc: 'd', update: bytes() },
      ],
    })
    await on.append('t', { updates: [{ doc: 'd', update: bytes(9) }] })
    const { docs } = await on.journal.load('s')
    expect([...docs.keys()].sort()).toEqual(['d', 'e'])
    expect(docs.get('d')).toEqual({ state: null, updates: [bytes(1), bytes(2), bytes(3), bytes()] })
    expect(docs.get('e')).toEqual({ state: null, updates: [large] })
  })

  it('[J27] bytes are those at the time of the call, and the caller keeps its own', async () => {
    const pool = bytes(1, 2, 3, 4)
    const update = pool.subarray(1, 3)
    const appended = on.append('s', { updates: [{ doc: 'd', update }] })
    expect(update).toEqual(bytes(2, 3))
    await appended
    expect((await on.journal.load('s')).docs.get('d')?.updates).toEqual([bytes(2, 3)])
    const direct = on.journal.putBoard('s', 'b', update)
    pool.fill(0)
    await direct
    expect(await on.journal.board('s', 'b')).toEqual(bytes(2, 3))
  })

  it('[J28] load is the snapshot and what came after it', async () => {
    await on.append('s', { events: [said('a')], updates: [{ doc: 'd', update: bytes(1) }] })
    await on.journal.snapshot('s', { expectedSeq: 1, state: { n: 1 }, docs: [{ doc: 'd', state: bytes(7) }] })
    await on.append('s', { events: [said('b')], updates: [{ doc: 'd', update: bytes(2) }] })
    const loaded = await on.journal.load('s')
    expect(loaded).toEqual({
      seq: 2,
      snapshot: { seq: 1, state: { n: 1 } },
      events: [{ seq: 2, event: { type: 'said', at: 1, cell: 'b' }, body: 'text of b' }],
      docs: new Map([['d', { state: bytes(7), updates: [bytes(2)] }]]),
    })
    await on.journal.snapshot('s', { expectedSeq: 2, state: { n: 2 }, docs: [{ doc: 'd', state: bytes(8) }] })
    await on.reopen()
    expect(await on.journal.load('s')).toMatchObject({
      snapshot: { seq: 2, state: { n: 2 } },
      events: [],
      docs: new Map([['d', { state: bytes(8), updates: [] }]]),
    })
  })

  it('[J29] a snapshot trims the updates of the docs it covers, no others, and no event', async () => {
    await on.append('s', {
      events: [said('a')],
      updates: [
        { doc: 'd', update: bytes(1) },
        { doc: 'e', update: bytes(2) },
      ],
    })
    await on.journal.snapshot('s', { expectedSeq: 1, state: null, docs: [{ doc: 'd', state: bytes(7) }] })
    const { docs } = await on.journal.load('s')
    expect(docs.get('d')).toEqual({ state: bytes(7), updates: [] })
    expect(docs.get('e')).toEqual({ state: null, updates: [bytes(2)] })
    expect(await on.journal.read('s', { after: 0, limit: 10 })).toHaveLength(1)
  })

  it('[J30] a snapshot at another position is refused with CONFLICT and changes nothing', async () => {
    await on.append('s', { updates: [{ doc: 'd', update: bytes(1) }] })
    const before = await on.journal.load('s')
    for (const expectedSeq of [0, 2]) {
      const late = { expectedSeq, state: {}, docs: [{ doc: 'd', state: bytes(7) }] }
      await expect(on.journal.snapshot('s', late)).rejects.toEqual(code('CONFLICT'))
    }
    expect(await on.journal.load('s')).toEqual(before)
  })

  it('[J31] a dropped doc is gone with its state, its updates and what the same batch gave it', async () => {
    await on.append('s', { updates: [{ doc: 'd@1', update: bytes(1) }] })
    await on.journal.snapshot('s', { expectedSeq: 1, state: {}, docs: [{ doc: 'd@1', state: bytes(7) }] })
    await on.append('s', {
      dropDocs: ['d@1', 'unknown'],
      updates: [
        { doc: 'd@1', update: bytes(2) },
        { doc: 'd@2', update: bytes(3) },
      ],
    })
    const kept = new Map([['d@2', { state: null, updates: [bytes(3)] }]])
    expect((await on.journal.load('s')).docs).toEqual(kept)
    await on.reopen()
    expect((await on.journal.load('s')).docs).toEqual(kept)
    await on.append('s', { updates: [{ doc: 'd@1', update: bytes(4) }] })
    expect((await on.journal.load('s')).docs.get('d@1')).toEqual({ state: null, updates: [bytes(4)] })
  })

  it('[J32] a read pages over all events, also those under a snapshot, by appends that hold any', async () => {
    await on.append('s', { events: [mark('a1'), mark('a2')] })
    await on.append('s', { events: [], updates: [{ doc: 'd', update: bytes(1) }] })
    await on.append('s', { events: [mark('c')] })
    await on.append('s', { events: [mark('d')] })
    await on.journal.snapshot('s', { expectedSeq: 4, state: {}, docs: [] })
    const page = async (after: number, limit: number) => {
      return (await on.journal.read('s', { after, limit })).map(({ seq, event }) => `${seq}${event.type}`)
    }
    expect(await page(0, 1)).toEqual(['1a1', '1a2'])
    expect(await page(1, 2)).toEqual(['3c', '4d'])
    expect(await page(0, 100)).toEqual(['1a1', '1a2', '3c', '4d'])
    expect(await page(4, 100)).toEqual([])
    expect(await page(0, 0)).toEqual([])
  })

  it('[J37] a read without bodies is the same without them', async () => {
    await on.append('s', { events: [{ event: { type: 'said', at: 1, cell: 'c' }, body: 'words' }] })
    const [bare] = await on.journal.read('s', { after: 0, limit: 1, bodies: false })
    const [whole] = await on.journal.read('s', { after: 0, limit: 1 })
    expect(whole).toEqual({ ...bare, body: 'words' })
    expect(bare && 'body' in bare).toBe(false)
  })
}
