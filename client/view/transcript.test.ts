import { EVERYONE, MAIN_LANE } from '@colloquy/shared/audience'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { askingCall, LaneWriter } from '../test/lane.ts'
import { Lane } from './lane.ts'
import { joinParts } from './parts.ts'
import { applyDelta } from './transcript.ts'

const MAIN = { laneId: MAIN_LANE, audience: EVERYONE } as const
const parts = (lane: Lane) =>
  lane.messages.map((message) =>
    message.parts.map((part) => (part.type === 'text' ? part.text : part.toolCallId)),
  )

describe('the transcript', () => {
  it('[C20] never reads a whole text again while it streams', () => {
    const writer = new LaneWriter()
    for (let seq = 1; seq <= 50; seq++) writer.add(seq, ['x'.repeat(100)])
    writer.add(51, [''], { status: 'streaming' })
    const lane = new Lane(writer.doc, MAIN, () => {})
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
    const lane = new Lane(writer.doc, MAIN, () => {})
    expect(lane.messages).toBe(lane.messages)
    const before = lane.messages
    writer.queue('p9', {})
    expect(lane.messages).toBe(before)
  })

  it('[C21] shows continuing parts as one text', () => {
    const writer = new LaneWriter()
    writer.add(1, ['a', 'b', 'c'])
    const lane = new Lane(writer.doc, MAIN, () => {})
    expect(lane.messages[0]?.parts).toEqual([{ type: 'text', text: 'abc' }])
    writer.append(0, 'd')
    expect(lane.messages[0]?.parts).toEqual([{ type: 'text', text: 'abcd' }])
  })

  it('[C20] follows superseded text, new metadata and retracted messages', () => {
    const writer = new LaneWriter()
    writer.add(1, ['first attempt'], { status: 'streaming' })
    writer.add(2, ['b'])
    const lane = new Lane(writer.doc, MAIN, () => {})
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

  it('[C20] leaves a message as it was whose new metadata cannot be placed yet', () => {
    const writer = new LaneWriter()
    writer.add(1, ['asked'], { status: 'streaming' })
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(writer.doc))
    const lane = new Lane(copy, MAIN, () => {})
    const before = lane.messages
    const updates: Uint8Array[] = []
    writer.doc.on('update', (update: Uint8Array) => updates.push(update))
    writer.append(0, ' and said')
    writer.setStatus(0, 'done')
    const [said, ended] = updates
    if (!said || !ended) throw new Error('nothing changed')
    Y.applyUpdate(copy, ended)
    expect(copy.getArray<Y.Map<unknown>>('messages').get(0).has('metadata')).toBe(false)
    expect(lane.messages).toEqual(before)
    Y.applyUpdate(copy, said)
    expect(parts(lane)).toEqual([['asked and said']])
    expect(lane.messages[0]?.metadata.status).toBe('done')
  })

  it('[C36] shows calls between texts, in order, and joins no text over a call', () => {
    const writer = new LaneWriter()
    writer.add(1, ['Let me ', 'look.', askingCall('c1'), 'Done', '.'], { status: 'streaming' })
    const lane = new Lane(writer.doc, MAIN, () => {})
    expect(parts(lane)).toEqual([['Let me look.', 'c1', 'Done.']])
    expect(lane.messages[0]?.parts[1]).toEqual(askingCall('c1'))
    const text = (text: string, continues?: true) => ({ type: 'text' as const, text, continues })
    expect(joinParts([askingCall('c1'), text('a', true), text('b', true)])).toEqual([
      askingCall('c1'),
      { type: 'text', text: 'ab' },
    ])
  })

  it('[C36] follows a call from its arguments to its result, and leaves the other parts as they are', () => {
    const writer = new LaneWriter()
    writer.add(1, ['Let me ', 'look.', askingCall('c1'), askingCall('c2'), ''], { status: 'streaming' })
    writer.add(2, ['another'])
    const lane = new Lane(writer.doc, MAIN, () => {})
    const [before, other] = lane.messages
    writer.append(0, 'token')
    const streamed = lane.messages[0]
    expect(streamed?.parts.slice(0, 3)).toEqual(before?.parts.slice(0, 3))
    for (const i of [0, 1, 2]) expect(streamed?.parts[i]).toBe(before?.parts[i])
    const toolMetadata = { ...askingCall('c1').toolMetadata, outcome: 'ok' as const }
    writer.doc.transact(() =>
      writer.setCall(0, 'c1', { state: 'output-available', output: { n: 1 }, toolMetadata }),
    )
    const after = lane.messages[0]
    expect(after?.parts[1]).toMatchObject({ state: 'output-available', output: { n: 1 }, toolMetadata })
    for (const i of [0, 2, 3]) expect(after?.parts[i]).toBe(streamed?.parts[i])
    expect(lane.messages[1]).toBe(other)
  })

  it('[C20] reads no call again while text streams', () => {
    const writer = new LaneWriter()
    writer.add(1, [...Array.from({ length: 20 }, (_, i) => askingCall(`c${i}`)), ''], { status: 'streaming' })
    const lane = new Lane(writer.doc, MAIN, () => {})
    expect(lane.messages).toHaveLength(1)
    const read = vi.spyOn(Y.Map.prototype as { toJSON(): object }, 'toJSON')
    for (let token = 0; token < 50; token++) {
      writer.append(0, 'token ')
      expect(lane.messages[0]?.parts).toHaveLength(21)
    }
    expect(read).not.toHaveBeenCalled()
    read.mockRestore()
  })

  it('[C37] knows the answers that have not ended, also those that wait outside of their lane’s turn', () => {
    const writer = new LaneWriter()
    writer.add(1, ['question'], { role: 'user' })
    writer.add(2, [askingCall('c1')], { status: 'streaming' })
    writer.add(3, ['text'], { status: 'streaming' })
    const lane = new Lane(writer.doc, MAIN, () => {})
    const ids = () => lane.unfinished.map(({ id }) => id)
    expect(ids()).toEqual(['m2', 'm3'])
    const before = lane.unfinished
    writer.add(4, ['done'])
    expect(lane.unfinished).toBe(before)
    writer.setWaiting(1, { reason: 'APPROVAL', at: 1, until: 2 })
    expect(lane.unfinished[0]?.metadata.waiting).toEqual({ reason: 'APPROVAL', at: 1, until: 2 })
    writer.setStatus(1, 'cancelled')
    expect(ids()).toEqual(['m3'])
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
