import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { LaneWriter } from '../test/lane.ts'
import { Lane } from './lane.ts'
import { applyDelta } from './transcript.ts'

const parts = (lane: Lane) => lane.messages.map((message) => message.parts.map(({ text }) => text))

describe('the transcript', () => {
  it('[C20] never reads a whole text again while it streams', () => {
    const writer = new LaneWriter()
    for (let seq = 1; seq <= 50; seq++) writer.add(seq, ['x'.repeat(100)])
    writer.add(51, [''], { status: 'streaming' })
    const lane = new Lane(writer.doc, () => {})
    expect(lane.messages).toHaveLength(51)
    const whole = vi.spyOn(Y.Text.prototype as { toString(): string }, 'toString')
    const first = lane.messages[0]
    for (let token = 0; token < 200; token++) {
      writer.append(50, `t${token} `)
      expect(lane.messages[0]).toBe(first)
    }
    expect(whole).not.toHaveBeenCalled()
    whole.mockRestore()
    expect(parts(lane)[50]).toEqual([writer.text(50).toString()])
  })

  it('[C20] rebuilds nothing while nothing changes', () => {
    const writer = new LaneWriter()
    writer.add(1, ['a'])
    const lane = new Lane(writer.doc, () => {})
    expect(lane.messages).toBe(lane.messages)
    const before = lane.messages
    writer.queue('p9', {})
    expect(lane.messages).toBe(before)
  })

  it('[C21] shows continuing parts as one text', () => {
    const writer = new LaneWriter()
    writer.add(1, ['a', 'b', 'c'])
    const lane = new Lane(writer.doc, () => {})
    expect(lane.messages[0]?.parts).toEqual([{ type: 'text', text: 'abc' }])
    writer.append(0, 'd')
    expect(lane.messages[0]?.parts).toEqual([{ type: 'text', text: 'abcd' }])
  })

  it('[C20] follows superseded text, new metadata and retracted messages', () => {
    const writer = new LaneWriter()
    writer.add(1, ['first attempt'], { status: 'streaming' })
    writer.add(2, ['b'])
    const lane = new Lane(writer.doc, () => {})
    expect(parts(lane)).toEqual([['first attempt'], ['b']])
    const kept = lane.messages[1]
    writer.doc.transact(() => {
      const text = writer.text(0)
      text.delete(0, text.length)
      text.insert(0, 'second')
      writer.setStatus(0, 'done')
    })
    expect(parts(lane)).toEqual([['second'], ['b']])
    expect(lane.messages[0]?.metadata.status).toBe('done')
    writer.doc.getArray('messages').delete(0, 1)
    expect(parts(lane)).toEqual([['b']])
    expect(lane.messages[0]).toBe(kept)
  })

  it('[C20] applies any delta as Yjs does', () => {
    const edit = fc.record({ at: fc.nat(), remove: fc.nat(5), insert: fc.string({ maxLength: 5 }) })
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.array(edit, { maxLength: 4 }), { maxLength: 10 }),
        (start, rounds) => {
          const doc = new Y.Doc()
          const text = doc.getText()
          text.insert(0, start)
          let mirror: string | null = text.toString()
          text.observe((event) => {
            mirror = applyDelta(mirror ?? '', event.delta)
          })
          for (const edits of rounds) {
            doc.transact(() => {
              for (const { at, remove, insert } of edits) {
                const from = at % (text.length + 1)
                text.delete(from, Math.min(remove, text.length - from))
                text.insert(from, insert)
              }
            })
            expect(mirror).toBe(text.toString())
          }
        },
      ),
    )
  })
})
