import { MAIN_LANE } from '@colloquy/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { ManualClock } from '../../test/kit/clock.ts'
import { recordingRooms } from '../../test/kit/recording.ts'
import { OPEN_RIGHTS } from '../access/rights.ts'
import { order } from './arbiter.ts'
import { fold } from './fold.ts'
import { laneContent } from './lane-content.ts'
import { LaneDoc, readContent } from './lane-doc.ts'
import { Play, step } from './ledger.fixture.ts'
import { Ledger } from './ledger.ts'
import { EMPTY } from './state.ts'

describe('ledger', () => {
  it('[R1] nothing is published, and nobody is answered, before the append that covers it; then in order', async () => {
    const writes: (() => void)[] = []
    const append = () => new Promise<number>((resolve) => writes.push(() => resolve(0)))
    const out: string[] = []
    const rooms = recordingRooms((doc) => out.push(doc))
    const failed = (error: unknown) => out.push(String(error))
    const ledger = new Ledger('s_1', '1:test', {
      journal: { append } as never,
      rooms,
      rights: OPEN_RIGHTS,
      said: () => '',
      failed,
      clock: new ManualClock(1),
    })
    const opened = { type: 'lane.opened', at: 1, laneId: MAIN_LANE, audience: 'everyone', by: 'ana' } as const
    ledger.commit({ events: [{ event: opened }] }).then(() => out.push('opened'))
    const prompt = {
      type: 'prompt.accepted',
      at: 1,
      promptId: 'p',
      laneId: MAIN_LANE,
      author: 'ana',
      cell: 'c',
      length: 1,
    } as const
    ledger.commit({ events: [{ event: prompt, body: 'x' }] }).then(() => out.push('accepted'))
    ledger.settled().then(() => out.push('settled'))
    await Promise.resolve()
    expect(out).toEqual([])
    // The later append is durable first: it still waits for the earlier one.
    writes[1]?.()
    await new Promise(setImmediate)
    expect(out).toEqual([])
    writes[0]?.()
    await new Promise(setImmediate)
    expect(out).toEqual(['s_1/main@1', 'opened', 's_1/main@1', 'accepted', 'settled'])
  })

  it('[R3] when an append fails, nothing of it or after it leaves, and the ledger takes nothing more', async () => {
    let fail: (error: Error) => void = () => undefined
    const append = () => new Promise<number>((_, reject) => (fail = reject))
    const out: string[] = []
    const rooms = recordingRooms((doc) => out.push(doc))
    const failed = () => out.push('failed')
    const ledger = new Ledger('s_1', '1:test', {
      journal: { append } as never,
      rooms,
      rights: OPEN_RIGHTS,
      said: () => '',
      failed,
      clock: new ManualClock(1),
    })
    const opened = { type: 'lane.opened', at: 1, laneId: MAIN_LANE, audience: 'everyone', by: 'ana' } as const
    const commit = ledger.commit({ events: [{ event: opened }] })
    fail(new Error('disk'))
    await expect(commit).rejects.toThrow('disk')
    await expect(ledger.settled()).rejects.toThrow('disk')
    await expect(ledger.show(MAIN_LANE, 'm', 'late')).rejects.toThrow('disk')
    expect(out).toEqual(['failed'])
  })

  it('[R4] whatever people do, docs equal the fold of the events, for the server and for a reader', {
    timeout: 30_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 80, maxLength: 200 }), async (steps) => {
        const play = new Play()
        await play.settle()
        for (const each of steps) {
          play.apply(each)
          await play.settle()
          const { state, bodies, docs } = play.ledger
          expect(play.withoutStream()).toEqual(laneContent(state, MAIN_LANE, bodies))
          expect(readContent(play.reader)).toEqual(readContent(docs.get(MAIN_LANE)?.doc ?? new Y.Doc()))
          // [R5] one writer for streamed text, one for all else.
          expect(
            [...(docs.get(MAIN_LANE)?.doc.store.clients.keys() ?? [])].every((id) => id === 1 || id === 2),
          ).toBe(true)
          const ranked = Object.values(state.prompts).sort((a, b) => a.rank - b.rank)
          expect(order(state, play.lane).map((each) => each.promptId)).toEqual(
            ranked.map((each) => each.promptId),
          )
        }
        expectReplay(play)
      }),
      { numRuns: 40 },
    )
  })
})

/** From what the journal holds alone, the same state and the same doc come back. */
function expectReplay(play: Play): void {
  const refolded = play.journal.events.reduce((state, { event, seq }) => fold(state, event, seq), EMPTY)
  expect(refolded).toEqual(play.ledger.state)
  const doc = play.ledger.docs.get(MAIN_LANE)
  if (!doc) throw new Error('no doc')
  const loaded = new LaneDoc(doc.name, play.journal.updatesOf(doc.name))
  expect(readContent(loaded.doc)).toEqual(readContent(doc.doc))
  expect(Y.encodeStateVector(loaded.doc)).toEqual(Y.encodeStateVector(doc.doc))
}
