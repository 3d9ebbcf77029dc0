import { expect, it } from 'vitest'
import type { Append } from '../../server/journal/journal.ts'
import { bytes, code, command, type JournalSubject, mark, said } from './journal-subject.ts'

/** Appends: whole, in order, at the expected position. */
export function appendRules(on: JournalSubject): void {
  it('[J1] a stream that nobody wrote to is at position 0 and empty', async () => {
    expect(await on.journal.load('s')).toEqual({ seq: 0, snapshot: null, events: [], docs: new Map() })
    expect(await on.journal.read('s', { after: 0, limit: 10 })).toEqual([])
    expect(await on.journal.bodies('s', ['c'])).toEqual(new Map())
    expect(await on.journal.command('s', 'ann', 'k')).toBeNull()
    expect(await on.journal.board('s', 'b')).toBeNull()
    expect(await on.journal.labelled('l')).toEqual([])
  })

  it('[J2] an append takes the stream one position further, however many events it holds', async () => {
    expect(await on.append('s', { events: [said('a'), mark('b'), said('c', '')] })).toBe(1)
    expect(await on.append('s', { events: [], updates: [{ doc: 'd', update: bytes(1) }] })).toBe(2)
    const { seq, events } = await on.journal.load('s')
    expect(seq).toBe(2)
    expect(events).toEqual([
      { seq: 1, event: { type: 'said', at: 1, cell: 'a' }, body: 'text of a' },
      { seq: 1, event: { type: 'b', at: 1 } },
      { seq: 1, event: { type: 'said', at: 1, cell: 'c' }, body: '' },
    ])
  })

  it('[J3] an event comes back with every field and every character', async () => {
    const event = { type: 'said', at: 1_700_000_000_000, cell: 'c', by: 'ann', list: [1, { deep: null }] }
    const body = 'a\u0000b é 漢字 👩‍👩‍👧 \u2028 "quoted" \\ end'
    await on.append('s', { events: [{ event, body }] })
    expect((await on.journal.load('s')).events).toEqual([{ seq: 1, event, body }])
  })

  it('[J4] what was acknowledged is there after the journal was opened again', async () => {
    await on.append('s', {
      events: [said('a')],
      updates: [{ doc: 'd', update: bytes(1, 2) }],
      summary: { n: 1 },
    })
    const before = await on.journal.load('s')
    await on.reopen()
    expect(await on.journal.load('s')).toEqual(before)
  })

  it('[J5] an append at another position is refused with CONFLICT and changes nothing', async () => {
    await on.append('s', { events: [said('a')] })
    const before = await on.journal.load('s')
    for (const expectedSeq of [0, 2]) {
      const batch: Append = {
        expectedSeq,
        events: [said('b')],
        updates: [{ doc: 'd', update: bytes(1) }],
        erase: ['a'],
        command: command('k'),
        labels: { l: true },
        summary: 1,
      }
      await expect(on.journal.append('s', batch)).rejects.toEqual(code('CONFLICT'))
    }
    expect(await on.journal.load('s')).toEqual(before)
    expect(await on.journal.bodies('s', ['b'])).toEqual(new Map())
    expect(await on.journal.command('s', 'ann', 'k')).toBeNull()
    expect(await on.journal.labelled('l')).toEqual([])
  })

  it('[J6] appends of one stream are carried out in the order they were called', async () => {
    const calls = Array.from({ length: 100 }, (_, n) => {
      return on.journal.append('s', { expectedSeq: n, events: [mark(`e${n}`)] })
    })
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
    const { events } = await on.journal.load('s')
    expect(events.map(({ event }) => event.type)).toEqual(Array.from({ length: 100 }, (_, n) => `e${n}`))
  })

  it('[J7] a read sees the appends that were called before it', async () => {
    const appended = on.journal.append('s', { expectedSeq: 0, events: [said('a')] })
    const loaded = on.journal.load('s')
    const texts = on.journal.bodies('s', ['a'])
    await appended
    expect((await loaded).seq).toBe(1)
    expect((await texts).get('a')).toBe('text of a')
  })

  it('[J8] a refused append leaves those called around it alone', async () => {
    const settled = await Promise.allSettled([
      on.journal.append('s', { expectedSeq: 0, events: [said('a')] }),
      on.journal.append('s', { expectedSeq: 7, events: [said('b')] }),
      on.journal.append('s', { expectedSeq: 1, events: [said('a')] }),
      on.journal.append('s', { expectedSeq: 1, events: [said('c')] }),
      on.journal.append('t', { expectedSeq: 0, events: [said('a')] }),
    ])
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
    expect((await on.journal.load('s')).events.map(({ event }) => event.cell)).toEqual(['a', 'c'])
  })

  it('[J9] a cell is written once: a second text for it is refused, whole batch and all', async () => {
    await on.append('s', { events: [said('a', 'first')] })
    const again = on.append('s', {
      events: [said('b'), said('a', 'second')],
      updates: [{ doc: 'd', update: bytes(1) }],
    })
    await expect(again).rejects.toThrow()
    expect(await on.journal.load('s')).toMatchObject({ seq: 1, events: [{ body: 'first' }], docs: new Map() })
    await on.append('s', { events: [], erase: ['a'] })
    await expect(on.append('s', { events: [said('a', 'third')] })).rejects.toThrow()
    expect(await on.journal.bodies('s', ['a', 'b'])).toEqual(new Map())
  })

  it('[J10] an event may name a cell that an earlier event wrote', async () => {
    await on.append('s', { events: [said('a', 'shared')] })
    await on.append('s', { events: [{ event: { type: 'again', at: 2, cell: 'a' } }] })
    expect((await on.journal.load('s')).events.map(({ body }) => body)).toEqual(['shared', 'shared'])
  })

  it('[J11] fifty streams written to at once each get exactly their own', async () => {
    const streams = Array.from({ length: 50 }, (_, n) => `s${n}`)
    const writer = async (stream: string) => {
      for (let n = 0; n < 100; n++) {
        const updates = [{ doc: 'd', update: bytes(n) }]
        await on.journal.append(stream, {
          expectedSeq: n,
          events: [said(`c${n}`, `${stream} ${n}`)],
          updates,
        })
      }
    }
    await Promise.all(streams.map(writer))
    for (const stream of streams) {
      const { seq, events, docs } = await on.journal.load(stream)
      expect(seq).toBe(100)
      expect(events.map(({ body }) => body)).toEqual(Array.from({ length: 100 }, (_, n) => `${stream} ${n}`))
      expect(docs.get('d')?.updates).toEqual(Array.from({ length: 100 }, (_, n) => bytes(n)))
    }
  })

  it('[J12] close waits for what was called before it; later calls reject with UNAVAILABLE', async () => {
    const appended = on.journal.append('s', { expectedSeq: 0, events: [mark('a')] })
    const closed = on.journal.close()
    await expect(on.journal.load('s')).rejects.toEqual(code('UNAVAILABLE'))
    expect(await appended).toBe(1)
    await closed
    await on.journal.close()
    await expect(on.journal.append('s', { expectedSeq: 1, events: [] })).rejects.toEqual(code('UNAVAILABLE'))
    await on.reopen()
    expect((await on.journal.load('s')).seq).toBe(1)
  })
}
