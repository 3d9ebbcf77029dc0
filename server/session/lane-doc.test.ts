import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LaneDoc } from './lane-doc.ts'

const NAME = 's/main@1'

const message = (id: string, text: string, status = 'done') =>
  ({
    ...{ id, role: 'user', parts: [{ type: 'text', text }] },
    metadata: { seq: 1, author: { id: 'ana', name: 'Ana' }, at: 0, status },
  }) as Parameters<LaneDoc['addMessage']>[0]

const queued = (n: number) =>
  ({ author: { id: 'a', name: 'A' }, text: 'q'.repeat(n), rank: n, state: 'waiting', at: 1 }) as const

/** What changes a doc, by number; `id` is one of its messages. */
const WRITES: ((doc: LaneDoc, id: string, n: number) => void)[] = [
  (doc, id, n) => doc.addMessage(message(`${id}+`, 'w'.repeat(n), 'streaming')),
  (doc, id, n) => doc.appendText(id, 'é'.repeat(n + 1)),
  (doc, id, n) => doc.setMetadata(id, message('', '', n % 2 ? 'done' : 'streaming').metadata),
  (doc, _id, n) => doc.setQueued(`p${n % 4}`, n % 3 ? queued(n) : null),
  (doc, id, n) => doc.setParts(id, [{ type: 'text', text: 'x'.repeat(n) }]),
]
const writes = fc.array(fc.record({ what: fc.nat(WRITES.length - 1), n: fc.nat(40) }), {
  minLength: 2,
  maxLength: 80,
})

it('[NI1] whether a doc has so many bytes does not hang on when it was loaded, stored or asked before', () => {
  fc.assert(
    fc.property(writes, fc.nat(3), (some, often) => {
      const all = [{ what: 0, n: 1 }, ...some]
      const live = new LaneDoc(NAME)
      const updates = all.flatMap(({ what, n }, i) => {
        const id = `m${'+'.repeat(all.slice(0, i).filter((each) => each.what === 0).length)}`
        if (often > 0 && i % often === 0) live.exceeds(n * 10)
        return live.write((doc) => WRITES[what]?.(doc, id, n))?.update ?? []
      })
      const half = updates.slice(0, updates.length / 2)
      const stored = [new LaneDoc(NAME, half).encode(), ...updates.slice(half.length)]
      const bytes = live.encode().length
      for (const doc of [live, new LaneDoc(NAME, updates), new LaneDoc(NAME, stored)]) {
        expect([bytes - 1, bytes].map((each) => doc.exceeds(each))).toEqual([true, false])
      }
    }),
  )
})
