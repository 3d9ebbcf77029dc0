import { expect, it } from 'vitest'
import { LaneDoc } from './lane-doc.ts'

const message = (id: string, text: string) =>
  ({
    ...{ id, role: 'user', parts: [{ type: 'text', text }] },
    metadata: { seq: 1, author: { id: 'ana', name: 'Ana' }, at: 0, status: 'done' },
  }) as Parameters<LaneDoc['addMessage']>[0]

it('[NI1] how large a doc is does not hang on when it was encoded for something else', () => {
  const docs = [new LaneDoc('s/main@1'), new LaneDoc('s/main@1')] as const
  for (let i = 0; i < 40; i++) {
    for (const doc of docs) {
      doc.write((lane) => lane.addMessage(message(`m_${i}`, 'word '.repeat(200))))
      doc.write((lane) => lane.setMetadata(`m_${i}`, message('', '').metadata))
    }
    if (i % 3 === 0) docs[0].encode()
    expect(docs[0].size()).toBe(docs[1].size())
  }
})

it('[NI1] a doc that was loaded is as large as its content, however it was stored', () => {
  const doc = new LaneDoc('s/main@1')
  const updates = Array.from({ length: 20 }, (_, i) => {
    const written = doc.write((lane) => lane.addMessage(message(`m_${i}`, 'word')))
    return written?.update ?? expect.unreachable('it was written')
  })
  expect(new LaneDoc('s/main@1', updates).size()).toBe(new LaneDoc('s/main@1', [doc.encode()]).size())
})
