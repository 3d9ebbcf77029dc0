import { DEFAULT_LIMITS, MAIN_LANE } from '@colloquy/shared'
import { expect, it } from 'vitest'
import { principal } from '../../test/kit/people.ts'
import { FINGERPRINT } from '../access/fingerprint.fixture.ts'
import { OPEN_RIGHTS } from '../access/rights.ts'
import { createToolbox } from '../tools/toolbox.ts'
import { decide } from './decide.ts'
import { fold } from './fold.ts'
import type { Lane, State } from './state.ts'
import { compileView } from './view/compile.ts'
import { extract } from './view/extract.ts'
import { dueSummary } from './view/plan-summary.ts'
import { Talk } from './view/talk.fixture.ts'

/** A lane whose first messages have left the state and are in a summary alone. */
function summedUp(by: 'extract' | 'model') {
  const talk = new Talk()
  for (let turn = 0; turn < 40; turn++) talk.say(MAIN_LANE, turn % 2 ? 'ben' : 'ana', `Question ${turn}.`)
  const plan = dueSummary(talk.state, MAIN_LANE, talk.bodies)
  if (!plan) throw new Error('nothing is due')
  const { cell } = talk.summary(MAIN_LANE, plan, extract(plan))
  const entries = talk.state.lanes[MAIN_LANE]?.entries ?? []
  talk.forget(MAIN_LANE, 41)
  const turn = talk.ask(MAIN_LANE, 'ana', 'so?')
  const main = talk.state.lanes[MAIN_LANE] as Lane
  const state: State = {
    ...talk.state,
    members: { ana: { name: 'Ana', role: 'owner' } },
    lanes: { main: { ...main, summaries: main.summaries.map((each) => ({ ...each, by })) } },
  }
  return { state, bodies: talk.bodies, cell, turn, entries }
}

let ids = 0

/** What a model is told after the message at `seq` was taken back, and what the store is to erase. */
function takenBack({ state, bodies, turn, entries }: ReturnType<typeof summedUp>, seq: number) {
  const entry = entries[seq - 1]
  if (!entry) throw new Error('no such message')
  const retract = { type: 'message.retract', messageId: entry.id } as const
  const { events, erase } = decide(state, principal('ana'), retract, {
    ...{ now: 3, newId: (prefix) => `${prefix}-new-${++ids}`, limits: DEFAULT_LIMITS, models: [] },
    ...{ toolbox: createToolbox(() => []), rights: OPEN_RIGHTS, said: () => '' },
    body: (cell) => bodies.get(cell) ?? '',
    fingerprint: FINGERPRINT,
    older: [{ laneId: MAIN_LANE, entry }],
  })
  const after = events.reduce((now, { event }) => fold(now, event, 1), state)
  for (const { event, body = '' } of events) if (event.type === 'view.compacted') bodies.set(event.cell, body)
  for (const cell of erase ?? []) bodies.delete(cell)
  const { messages } = compileView(after, turn, bodies, { teamText: '' })
  return { told: JSON.stringify(messages), erase, after }
}

it('[LR33] of an extract what it tells of other messages is kept, and can be taken back in turn', () => {
  const house = summedUp('extract')
  const first = takenBack(house, 3)
  expect(first.erase).toContain(house.cell)
  expect(first.told).not.toContain('Question 1.')
  for (const other of ['Question 0.', 'Question 2.', 'Question 19.']) expect(first.told).toContain(other)
  const second = takenBack({ ...house, state: first.after }, 5)
  expect(second.told).not.toContain('Question 2.')
  expect(second.told).toContain('Question 0.')
  expect(second.after.lanes[MAIN_LANE]?.summaries).toMatchObject([{ fromSeq: 1, throughSeq: 40 }])
})

it('[LR33] of what a model wrote nothing is', () => {
  const house = summedUp('model')
  const { told, erase, after } = takenBack(house, 3)
  expect(erase).toContain(house.cell)
  expect(told).not.toContain('Question 0.')
  expect(after.lanes[MAIN_LANE]?.summaries).toEqual([])
})
