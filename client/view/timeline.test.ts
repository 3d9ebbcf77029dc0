import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Message } from '../types/index.ts'
import { Timeline } from './timeline.ts'

function message(
  laneId: string,
  seq: number,
  over: Partial<Message['metadata']> = {},
  role = 'assistant',
): Message {
  const metadata = {
    seq,
    promptId: '',
    turnId: '',
    author: { id: '', name: '' },
    at: seq,
    status: 'done',
    ...over,
  }
  const audience = laneId === 'main' ? 'everyone' : [laneId]
  return { laneId, audience, id: `${laneId}${seq}`, role, metadata, parts: [] } as Message
}
const main = (...seqs: number[]) => seqs.map((seq) => message('main', seq))
const ids = (lists: readonly (readonly Message[])[], from = 0) =>
  new Timeline().merge(lists, from).map(({ id }) => id)

describe('the order of all lanes', () => {
  it('[C42] puts messages of narrower lanes behind the main message that they came after', () => {
    const a = [message('a', 1, { after: 0 }), message('a', 2, { after: 2 }), message('a', 3, { after: 9 })]
    expect(ids([main(1, 2, 3), a])).toEqual(['a1', 'main1', 'main2', 'a2', 'main3', 'a3'])
  })

  it('[C42] among narrower lanes goes by time, then by lane, and never against a lane’s own order', () => {
    const a = [message('a', 1, { after: 1, at: 5 }), message('a', 2, { after: 1, at: 4 })]
    const b = [message('b', 1, { after: 1, at: 3 }), message('b', 2, { after: 1, at: 5 })]
    const order = ['main1', 'b1', 'a1', 'a2', 'b2', 'main2']
    expect(ids([main(1, 2), a, b])).toEqual(order)
    expect(ids([main(1, 2), b, a])).toEqual(order)
  })

  it('[C42] a copy stands where it was shared, not before what it was copied from', () => {
    const original = [message('b', 1, { after: 1, at: 5 })]
    const shared = { messageId: 'b1', by: { id: '', name: '' }, at: 7 }
    const copy = [message('a', 1, { after: 1, at: 5, shared })]
    const between = [message('c', 1, { after: 1, at: 6 })]
    expect(ids([main(1, 2), copy, original, between])).toEqual(['main1', 'b1', 'c1', 'a1', 'main2'])
  })

  it('[C42] shows of narrower lanes nothing from before the main messages that are here', () => {
    const a = [message('a', 1, { after: 3 }), message('a', 2, { after: 4 }), message('a', 3, { after: 5 })]
    expect(ids([main(5, 6), a], 4)).toEqual(['a2', 'main5', 'a3', 'main6'])
  })

  it('[C42] an answer that goes on in a narrower lane stands behind the one that it goes on from', () => {
    const wide = [message('main', 1, {}, 'user'), message('main', 2, { status: 'narrowed' }), ...main(3, 4)]
    const a = [
      message('a', 1, { after: 3, continues: 'main2' }, 'user'),
      message('a', 2, { after: 3, continues: 'main2', status: 'narrowed' }),
    ]
    const b = [
      message('b', 1, { after: 4, continues: 'a2' }, 'user'),
      message('b', 2, { after: 4, continues: 'a2' }),
    ]
    expect(ids([wide, a, b])).toEqual(['main1', 'main2', 'a2', 'b2', 'main3', 'main4'])
    // One that is not here cannot have its question before it.
    expect(ids([wide, b])).toEqual(['main1', 'main2', 'main3', 'main4', 'b1', 'b2'])
  })

  it('[C42] is the same however it came about', () => {
    const lanes = ['a', 'b', 'c']
    const step = fc.record({ lane: fc.constantFrom('main', ...lanes), at: fc.nat(5), change: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const grown = new Timeline()
        const lists = new Map<string, Message[]>(['main', ...lanes].map((id) => [id, []]))
        for (const { lane, at, change } of steps) {
          const list = lists.get(lane) ?? []
          const last = list.at(-1)
          const after = lists.get('main')?.length ?? 0
          const next =
            change && last
              ? [...list.slice(0, -1), { ...last }]
              : [...list, message(lane, list.length + 1, lane === 'main' ? {} : { after, at })]
          lists.set(lane, next)
          const all = [...lists.values()]
          const merged = grown.merge(all, 0)
          const whole = new Timeline().merge(all, 0)
          expect(merged.length).toBe(whole.length)
          for (const [i, each] of merged.entries()) expect(each).toBe(whole[i])
          expect(grown.merge([...all], 0)).toBe(merged)
        }
      }),
    )
  })
})

describe('a token', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => message('main', i + 1))
  const few = Array.from({ length: 50 }, (_, i) => message('a', i + 1, { after: (i + 1) * 100 }))

  it('[C43] finds no order anew', () => {
    const timeline = new Timeline()
    const before = timeline.merge([many, few], 0)
    const sort = vi.spyOn(Array.prototype, 'sort')
    const grown = { ...few[49], parts: [{ type: 'text', text: 't' }] } as Message
    const after = timeline.merge([many, few.with(49, grown)], 0)
    expect(sort).not.toHaveBeenCalled()
    sort.mockRestore()
    expect(after.length).toBe(before.length)
    expect(after.filter((each, i) => each !== before[i])).toEqual([grown])
  })
})
