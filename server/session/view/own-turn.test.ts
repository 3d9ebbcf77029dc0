import { MAIN_LANE } from '@colloquy/shared'
import { expect, it } from 'vitest'
import { sdkRequest } from '../../model/ai-sdk-request.ts'
import type { Turn } from '../state.ts'
import { compileView } from './compile.ts'
import { Talk } from './talk.fixture.ts'

const view = (talk: Talk, turn: Turn) => compileView(talk.state, turn, talk.bodies, { teamText: '' }).messages
const QUESTION = 'What does Ben earn?'

/** Main → two readers → one: each part ended as narrowed, and left its calls to the next. */
function continued() {
  const talk = new Talk()
  talk.lane('l_ab', ['ana', 'ben'])
  talk.lane('l_a', ['ana'])
  const first = talk.ask(MAIN_LANE, 'ana', QUESTION)
  const found = talk.call(1, 'resource.search', { query: 'salaries' }, '{"id":"r1"}')
  const said = (text: string) => [talk.cell(text)]
  talk.change(MAIN_LANE, first.answerId, {
    status: 'narrowed',
    cells: [...said('I search.'), ...said('I will read it.')],
    calls: [found],
  })
  const from = ({ turnId, laneId, questionId, answerId }: Turn) => ({
    continues: { turnId, laneId, questionId, answerId, cell: talk.cell('[]') },
  })
  const second = talk.ask('l_ab', 'ana', QUESTION, from(first))
  const read = talk.call(1, 'resource.read', { id: 'r1' }, '{"see":"r2"}')
  talk.change('l_ab', second.answerId, {
    status: 'narrowed',
    cells: [...said(''), ...said('One more.')],
    calls: [read],
  })
  const third = talk.ask('l_a', 'ana', QUESTION, { ...from(second), step: 2 })
  const last = talk.call(1, 'resource.read', { id: 'r2' }, '{"pay":1}')
  talk.change('l_a', third.answerId, { cells: said(''), calls: [last] })
  return { talk, first, second, third }
}

it('a turn that goes on privately is told its question once more, and then all of its parts as one answer', () => {
  const { talk, third } = continued()
  const messages = view(talk, third)
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  expect(messages[asked]).toMatchObject({ text: QUESTION, from: { readers: ['ana'] } })
  expect(messages.slice(asked + 1)).toMatchObject([
    { role: 'assistant', text: 'I search.', calls: [{ tool: 'resource.search' }] },
    { role: 'tool', results: [{ output: '{"id":"r1"}' }] },
    { role: 'assistant', text: 'I will read it.', calls: [{ args: { id: 'r1' } }] },
    { role: 'tool', results: [{ output: '{"see":"r2"}' }] },
    { role: 'assistant', text: 'One more.', calls: [{ args: { id: 'r2' } }] },
    { role: 'tool', results: [{ output: '{"pay":1}' }] },
  ])
  const sent = sdkRequest({ model: 'm', system: '', messages, tools: [] }).messages
  expect(sent.map(({ role }) => role).slice(-6)).toEqual(Array(3).fill(['assistant', 'tool']).flat())
})

it('the part in a wider lane is told nothing of what it went on to', () => {
  const { talk, second } = continued()
  const told = JSON.stringify(view(talk, second))
  expect(told).toContain('I will read it.')
  expect(told).not.toContain('pay')
  expect(JSON.stringify(view(talk, talk.ask(MAIN_LANE, 'ben', 'And?')))).not.toContain('r1')
})

it('a part whose lane does not flow in is not told, whoever claims to go on from it', () => {
  const { talk, second } = continued()
  talk.lane('l_c', ['cy'])
  const { turnId, laneId, questionId, answerId } = second
  const continues = { turnId, laneId, questionId, answerId, cell: '' }
  const turn = talk.ask('l_c', 'cy', 'mine', { continues })
  expect(JSON.stringify(view(talk, turn))).not.toContain('One more.')
})

it('a part that was taken back is told no more, nor are links that lead in a circle followed', () => {
  const { talk, first, third } = continued()
  talk.change(MAIN_LANE, first.answerId, { cells: [], calls: [], retractedAt: 1, continues: third.answerId })
  const told = JSON.stringify(view(talk, third))
  expect(told).not.toContain('I search.')
  expect(told).toContain('One more.')
})
