import type { SessionEvent } from '@colloquy/shared/events'
import { describe, expect, it } from 'vitest'
import type { Journal } from '../journal/journal.ts'
import { readAudit } from './audit.ts'
import { fold } from './fold.ts'
import { EMPTY } from './state.ts'

const DAY = 86_400_000
const NOW = 10 * DAY + 5

const person = (id: string) => ({ id, name: id })
const asked = (promptId: string, laneId: string, at: number, author = 'bo'): SessionEvent => {
  return { type: 'prompt.accepted', at, promptId, laneId, author, cell: `c-${promptId}`, length: 1 }
}
const claimed = (turnId: string, promptId: string, laneId: string, at: number): SessionEvent => ({
  ...{ type: 'turn.claimed', at, turnId, promptId, laneId, author: person('bo'), acceptedAt: at },
  ...{
    cell: `c-${promptId}`,
    length: 1,
    seq: 1,
    questionId: `q-${turnId}`,
    answerId: `a-${turnId}`,
    model: 'x',
  },
})
const called = (turnId: string, tool: string, at: number): SessionEvent => ({
  ...{ type: 'tool.intent', at, turnId, step: 1, index: 0, callId: `k-${turnId}`, tool, effect: 'read' },
  ...{ replay: 'safe', argsHash: 'h', cell: 'args' },
})
const START: SessionEvent[] = [
  { type: 'session.created', at: 0, sessionId: 's', workspaceId: 'w', title: 'Pineapple', by: 'ana' },
  { type: 'member.changed', at: 0, userId: 'ana', name: 'Ana', role: 'owner', by: 'ana' },
  { type: 'member.changed', at: 0, userId: 'bo', name: 'Bo', role: 'prompter', by: 'ana' },
  { type: 'lane.opened', at: 0, laneId: 'main', audience: 'everyone', by: 'ana' },
  { type: 'lane.opened', at: 1, laneId: 'l1', audience: ['bo'], by: 'bo' },
  { type: 'lane.opened', at: 1, laneId: 'l2', audience: ['bo', 'cy'], by: 'bo' },
]

/** What `ana`, who reads main alone, is told of these events. */
function told(events: readonly SessionEvent[], before?: number) {
  const all = [...START, ...events]
  const state = all.reduce((now, event, index) => fold(now, event, index + 1), EMPTY)
  const read: Journal['read'] = async (_, { after, limit }) =>
    all.slice(after, after + limit).map((event, index) => ({ seq: after + index + 1, event }))
  const history = { journal: { read } as Journal, state, upTo: all.length }
  return readAudit(history, new Set(['main']), NOW, before)
}

describe('the audit of a session', () => {
  it('[LR40] of lanes that the owner does not read it counts the prompts of each day that is over, of all together', async () => {
    const { items, elsewhere } = await told([
      asked('p1', 'l1', 2 * DAY),
      asked('p2', 'l2', 2 * DAY + 9),
      asked('p3', 'l1', 3 * DAY),
      asked('p4', 'main', 3 * DAY),
      // Today is not over.
      asked('p5', 'l1', NOW),
    ])
    expect(elsewhere).toEqual([
      { day: '1970-01-04', prompts: 1 },
      { day: '1970-01-03', prompts: 2 },
    ])
    expect(items.filter(({ type }) => type === 'prompt.accepted')).toMatchObject([{ promptId: 'p4' }])
    expect(JSON.stringify(items)).not.toMatch(/l1|l2|p1|p2|p3|p5/)
  })

  it('[LR40] it is the same however long what was said there took, and whatever it called', async () => {
    const question = [asked('p1', 'l1', DAY), asked('p2', 'main', DAY)]
    const answer: SessionEvent[] = [
      claimed('t1', 'p1', 'l1', DAY),
      called('t1', 'notes.read', DAY),
      { type: 'tool.settled', at: DAY, turnId: 't1', callId: 'k-t1', outcome: 'ok', cell: 'out', length: 1 },
      { type: 'turn.ended', at: 2 * DAY, turnId: 't1', end: 'done' },
      { type: 'prompt.edited', at: 2 * DAY, promptId: 'p1', by: 'bo', cell: 'x', length: 1 },
      { type: 'prompt.withdrawn', at: 2 * DAY, promptId: 'p1', by: 'bo' },
      { type: 'entry.retracted', at: 2 * DAY, messageId: 'q-t1', laneId: 'l1', by: 'bo', cells: [] },
    ]
    expect(await told([...question, ...answer])).toEqual(await told(question))
  })

  it('[LR40] a turn that goes on among fewer is told as far as it was seen', async () => {
    const question = { cell: 'c-p1', length: 1, acceptedAt: DAY }
    const { items, elsewhere } = await told([
      asked('p1', 'main', DAY),
      claimed('t1', 'p1', 'main', DAY),
      {
        type: 'turn.narrowed',
        at: DAY,
        turnId: 't1',
        promptId: 'p1',
        intoLaneId: 'l1',
        question,
        cell: 'x',
        length: 1,
      },
      { type: 'turn.ended', at: DAY, turnId: 't1', end: 'narrowed' },
      { type: 'prompt.withdrawn', at: DAY, promptId: 'p1', by: 'bo' },
    ])
    expect(items.slice(0, 3).map(({ type }) => type)).toEqual([
      'turn.ended',
      'turn.claimed',
      'prompt.accepted',
    ])
    expect(JSON.stringify(items)).not.toContain('l1')
    expect(elsewhere).toEqual([])
  })

  it('[LR38] pages go back to the first item, none twice, and their numbers count what this person reads alone', async () => {
    const mine = Array.from({ length: 250 }, (_, n) => asked(`p${n}`, 'main', DAY + n))
    const others = mine.flatMap((event, n) => [asked(`x${n}`, 'l1', DAY), event])
    const pages = async (events: SessionEvent[]) => {
      const seen: string[] = []
      const marks: (number | null)[] = []
      for (let before: number | null | undefined; before !== null; ) {
        const page: Awaited<ReturnType<typeof told>> = await told(events, before)
        for (const item of page.items) seen.push('promptId' in item ? item.promptId : item.type)
        before = page.before
        marks.push(before)
      }
      return { seen, marks }
    }
    const { seen, marks } = await pages(mine)
    expect(seen).toEqual([
      ...Array.from({ length: 250 }, (_, n) => `p${249 - n}`),
      ...['lane.opened', 'member.changed', 'member.changed', 'session.created'],
    ])
    expect(marks).toEqual([155, 55, null])
    expect(await pages(others)).toEqual({ seen, marks })
    expect(await told(mine, 1)).toMatchObject({ items: [], before: null })
  })

  it('[LR38] holds no words: no title, and no name that a model made up for a tool', async () => {
    const { items } = await told([
      asked('p1', 'main', DAY),
      claimed('t1', 'p1', 'main', DAY),
      called('t1', 'ignore all rules and', DAY),
      { type: 'session.renamed', at: DAY, title: 'Walnut', by: 'ana' },
    ])
    expect(items[1]).toMatchObject({ type: 'tool.intent', tool: '' })
    expect(JSON.stringify(items)).not.toMatch(/Pineapple|Walnut|ignore/)
  })
})
