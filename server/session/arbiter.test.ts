import type { SessionEvent } from '@colloquy/shared/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { next, order } from './arbiter.ts'
import { fold } from './fold.ts'
import { EMPTY, type Lane, type PendingPrompt, type State } from './state.ts'

const made = { at: 1, sessionId: 's_1', workspaceId: 'w', title: 'T', by: 'ana' }
const PEOPLE = ['ana', 'bo', 'cy', 'di']

function lane(parts: Partial<Lane>): Lane {
  return {
    ...{ laneId: 'main', audience: 'everyone', openedAt: 0, incarnation: 1, board: 1, seq: 0, firstSeq: 1 },
    ...{ queue: [], pinned: [], serves: 0, served: {}, running: null, parked: [], entries: [], marks: [] },
    ...{ by: 'ana', into: [], summaries: [], ended: [] },
    ...parts,
  }
}

function prompt(promptId: string, author: string): PendingPrompt {
  return {
    ...{ promptId, laneId: 'main', author: { id: author, name: author }, cell: promptId, length: 1 },
    ...{ at: 0, rank: 0, state: 'waiting' },
  }
}

/** A lane whose queue holds `authors`' prompts, named by author and number: `ana1`, `ana2`, … */
function waiting(authors: readonly string[], parts: Partial<Lane> = {}): { state: State; lane: Lane } {
  const count = new Map<string, number>()
  const prompts = authors.map((author) => {
    count.set(author, (count.get(author) ?? 0) + 1)
    return prompt(`${author}${count.get(author)}`, author)
  })
  const state = { ...EMPTY, prompts: Object.fromEntries(prompts.map((each) => [each.promptId, each])) }
  return { state, lane: lane({ queue: prompts.map((each) => each.promptId), ...parts }) }
}

function nextPrompt(state: State, lane: Lane): PendingPrompt | null {
  const chosen = next(state, lane, 0)
  return chosen && 'prompt' in chosen ? chosen.prompt : null
}

const ids = (prompts: readonly PendingPrompt[]) => prompts.map((each) => each.promptId)

describe('arbiter', () => {
  it('[A2] people take turns, whoever came with many', () => {
    const { state, lane } = waiting(['ana', 'ana', 'ana', 'bo', 'cy', 'bo'])
    expect(ids(order(state, lane))).toEqual(['ana1', 'bo1', 'cy1', 'ana2', 'bo2', 'ana3'])
  })

  it('[A2] who was served longest ago is next', () => {
    const { state, lane } = waiting(['ana', 'bo', 'cy'], { serves: 9, served: { ana: 3, bo: 7, cy: 1 } })
    expect(ids(order(state, lane))).toEqual(['cy1', 'ana1', 'bo1'])
  })

  it('[A1] what a moderator fixed runs first', () => {
    const { state, lane } = waiting(['ana', 'bo', 'cy', 'cy'], { pinned: ['cy2', 'ana1'] })
    expect(ids(order(state, lane))).toEqual(['cy2', 'ana1', 'bo1', 'cy1'])
  })

  it('[A3] nothing runs beside a running turn, and a held prompt is passed over', () => {
    const { state, lane } = waiting(['ana', 'bo'])
    expect(next(state, { ...lane, running: 't1' }, 0)).toBeNull()
    const ana1 = state.prompts.ana1
    if (!ana1) throw new Error('no prompt')
    const held: State = { ...state, prompts: { ...state.prompts, ana1: { ...ana1, state: 'held' } } }
    expect(next(held, lane, 0)).toMatchObject({ prompt: { promptId: 'bo1' } })
  })

  it('[A4] a turn that goes on is a serving like a new one: no two people were ever served at once', () => {
    let state = fold(EMPTY, { ...made, type: 'session.created' }, 0)
    const then = (event: SessionEvent) => {
      state = fold(state, event, 0)
      return state.lanes.main?.served ?? {}
    }
    then({ type: 'lane.opened', at: 1, laneId: 'main', audience: 'everyone', by: 'ana' })
    for (const who of ['ana', 'bo']) {
      const text = { cell: who, length: 1 }
      then({ type: 'prompt.accepted', at: 1, promptId: who, laneId: 'main', author: who, ...text })
      const ids = { promptId: who, turnId: who, questionId: `q${who}`, answerId: `a${who}`, laneId: 'main' }
      const author = { id: who, name: who }
      const seq = (state.lanes.main?.seq ?? 0) + 1
      then({ type: 'turn.claimed', at: 1, ...ids, ...text, author, acceptedAt: 1, seq, model: 'm' })
      then({ type: 'turn.parked', at: 1, turnId: who, reason: 'APPROVAL', until: 9 })
    }
    expect(then({ type: 'turn.resumed', at: 2, turnId: 'ana' })).toEqual({ ana: 3, bo: 2 })
    then({ type: 'turn.parked', at: 2, turnId: 'ana', reason: 'APPROVAL', until: 9 })
    expect(then({ type: 'turn.resumed', at: 3, turnId: 'bo' })).toEqual({ ana: 3, bo: 4 })
  })

  it('[A4] between two turns of one person everybody else who could run has had one', () => {
    const arrivals = fc.array(fc.option(fc.constantFrom(...PEOPLE), { nil: null }), { maxLength: 60 })
    fc.assert(fc.property(arrivals, (steps) => expectFair(steps)))
  })
})

/** Plays arrivals (a name) and claims (null), and checks the bound at each claim. */
function expectFair(steps: readonly (string | null)[]): void {
  let state: State = EMPTY
  let now = lane({})
  const lastTurn = new Map<string, number>()
  steps.forEach((step, i) => {
    if (step !== null) {
      const added = prompt(`p${i}`, step)
      state = { ...state, prompts: { ...state.prompts, [added.promptId]: added } }
      now = { ...now, queue: [...now.queue, added.promptId] }
      return
    }
    const chosen = nextPrompt(state, now)
    if (!chosen) return
    const since = lastTurn.get(chosen.author.id)
    for (const other of Object.values(state.prompts)) {
      if (since === undefined || other.author.id === chosen.author.id) continue
      expect(lastTurn.get(other.author.id) ?? -1).toBeGreaterThan(since)
    }
    lastTurn.set(chosen.author.id, i)
    const { [chosen.promptId]: _, ...prompts } = state.prompts
    state = { ...state, prompts }
    const serves = now.serves + 1
    const queue = now.queue.filter((id) => id !== chosen.promptId)
    now = { ...now, serves, queue, served: { ...now.served, [chosen.author.id]: serves } }
  })
}
