import { type Audience, flows, MAIN_LANE, setOf } from '@colloquy/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sdkRequest } from '../../model/ai-sdk-request.ts'
import { echo } from '../../model/offline-answer.ts'
import type { ModelMessage } from '../../model/port.ts'
import type { Turn } from '../state.ts'
import type { ViewBudget } from './budget.ts'
import { compileView } from './compile.ts'
import { person, Talk } from './talk.fixture.ts'

const view = (talk: Talk, turn: Turn, budget?: ViewBudget) =>
  compileView(talk.state, turn, talk.bodies, { teamText: '', ...(budget ? { budget } : {}) })
const texts = (messages: readonly ModelMessage[]) =>
  messages.map((message) => ('text' in message ? message.text : message.role))
/** All bytes that a model would get. */
const sent = (messages: readonly ModelMessage[]) =>
  sdkRequest({ model: 'm', system: '', messages, tools: [] }).messages.map((each) => JSON.stringify(each))
const log = (lines: number) =>
  Array.from({ length: lines }, (_, i) => `${i} worker-${i % 7} took ${(i * 7919) % 1000} ms`).join('\n')

const LANES: Record<string, Audience> = {
  l_abc: ['ana', 'ben', 'cy'],
  l_ab: ['ana', 'ben'],
  l_a: ['ana'],
  l_b: ['ben'],
  l_cd: ['cy', 'dora'],
}
const AUTHORS: Record<string, string> = { l_b: 'ben', l_cd: 'cy' }

function talkOf(said: readonly { lane: string; text: string; answer: string }[]): Talk {
  const talk = new Talk()
  for (const [laneId, audience] of Object.entries(LANES)) talk.lane(laneId, audience)
  for (const { lane, text, answer } of said) talk.say(lane, AUTHORS[lane] ?? 'ana', text, answer)
  return talk
}

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 2, arbitrary: fc.constantFrom(log(40), log(90), `see:\n${log(60)}`, `${log(50)}\nwhat is it?`) },
)
const said = (lanes: string[]) =>
  fc.array(fc.record({ lane: fc.constantFrom(...lanes), text, answer: fc.string({ maxLength: 30 }) }), {
    maxLength: 40,
  })
const ALL = [MAIN_LANE, ...Object.keys(LANES)]
const SMALL: ViewBudget = { main: 1_500, lane: 1_200, lanes: 6 }

describe('what flows into a view', () => {
  it('is main first, then set lanes from the widest, the own lane, and the question last', () => {
    const talk = talkOf([
      { lane: 'l_a', text: 'mine', answer: 'A.' },
      { lane: 'l_b', text: 'of Ben', answer: 'B.' },
      { lane: 'l_ab', text: 'of two', answer: 'AB.' },
      { lane: 'l_cd', text: 'of others', answer: 'CD.' },
      { lane: 'l_abc', text: 'of three', answer: 'ABC.' },
      { lane: MAIN_LANE, text: 'of all', answer: 'Main.' },
    ])
    const { messages, manifest } = view(talk, talk.ask('l_a', 'ana', 'and now?'))
    const expected = ['of all', 'Main.', 'of three', 'ABC.', 'of two', 'AB.', 'mine', 'A.', 'and now?']
    expect(texts(messages)).toEqual(expected)
    expect(manifest.lanes).toMatchObject([
      { laneId: MAIN_LANE, fromSeq: 1, throughSeq: 2, messages: 2 },
      { laneId: 'l_abc', messages: 2 },
      { laneId: 'l_ab', messages: 2 },
      { laneId: 'l_a', messages: 2 },
    ])
  })

  it('names who alone reads a message, and no lane', () => {
    const talk = talkOf([
      { lane: MAIN_LANE, text: 'of all', answer: 'x' },
      { lane: 'l_ab', text: 'of two', answer: 'y' },
    ])
    const { messages } = view(talk, talk.ask('l_a', 'ana', 'mine'))
    const from = messages.flatMap((message) => (message.role === 'user' ? [message.from] : []))
    expect(from).toEqual([
      { id: 'ana', name: 'ANA', seq: 1 },
      { id: 'ana', name: 'ANA', seq: 1, readers: ['ana', 'ben'] },
      { id: 'ana', name: 'ANA', seq: 1, readers: ['ana'] },
    ])
    expect(JSON.stringify(messages)).not.toContain('l_a')
    expect(sent(messages)[2]).toContain('readers=\\"ana ben\\"')
  })

  it('is nothing of a lane that somebody of its readers does not read', () => {
    fc.assert(
      fc.property(said(ALL), fc.constantFrom(...ALL), (all, laneId) => {
        const secret = (lane: string) => `secret-of-${lane} `
        const talk = talkOf(all.map((each) => ({ ...each, text: secret(each.lane) + each.text })))
        const turn = talk.ask(laneId, AUTHORS[laneId] ?? 'ana', '/echo')
        const told = echo({ model: 'm', tools: [], ...view(talk, turn) })
        const { lanes } = talk.state
        for (const lane of Object.values(lanes)) {
          const mayFlow = flows(lane.audience, lanes[laneId]?.audience ?? [])
          if (!mayFlow) expect(told).not.toContain(secret(lane.laneId))
        }
      }),
    )
  })

  it('is no half answer, nothing taken back, and no question asked later', () => {
    const talk = new Talk()
    const gone = talk.say(MAIN_LANE, 'ana', 'taken back', 'its answer')
    talk.change(MAIN_LANE, gone.id, { cells: [], retractedAt: 1 })
    talk.say(MAIN_LANE, 'ana', 'asked', null)
    talk.add(MAIN_LANE, { role: 'assistant', status: 'cancelled', cells: [talk.cell('half')] })
    const parked = talk.ask(MAIN_LANE, 'ben', 'waits')
    talk.say(MAIN_LANE, 'ana', 'later')
    // The view begins with a question.
    expect(texts(view(talk, parked).messages)).toEqual(['asked', 'waits'])
  })

  it('is told as shared where somebody shared it', () => {
    const talk = new Talk()
    const shared = { by: { id: 'ben', name: 'Ben' }, at: 5, messageId: 'm_far' }
    talk.add(MAIN_LANE, { role: 'assistant', shared, cells: [talk.cell('It is 42.')] })
    talk.add(MAIN_LANE, { role: 'user', shared, cells: [talk.cell('What is it?')] })
    const { messages } = view(talk, talk.ask(MAIN_LANE, 'ana', 'so?'))
    expect(messages).toMatchObject([
      { role: 'context', about: 'shared-answer', by: { id: 'ben' }, seq: 1 },
      { role: 'assistant', text: 'It is 42.' },
      { role: 'user', from: { id: 'ana', sharedBy: 'ben' } },
      { role: 'user', text: 'so?' },
    ])
    expect(sent(messages)[0]).toContain('<shared-answer by=\\"ben\\" name=\\"Ben\\" seq=\\"1\\"/>')
  })

  it('is an answer once, where a copy of it is told', () => {
    const talk = talkOf([])
    const text = 'It is forty-two, and this is why. '.repeat(10)
    talk.say('l_a', 'ana', 'What is it?', null)
    const answer = talk.add('l_a', { role: 'assistant', cells: [talk.cell(text)] })
    const shared = { by: person('ana'), at: 9, messageId: answer.id }
    const alone = view(talk, talk.ask('l_a', 'ana', 'so?'))
    const copy = talk.add(MAIN_LANE, { role: 'assistant', shared, cells: [talk.cell(text)] })
    const { messages, manifest } = view(talk, talk.ask('l_a', 'ana', 'and?'))
    expect(JSON.stringify(messages).split(text)).toHaveLength(2)
    expect(messages.slice(0, 4)).toMatchObject([
      { role: 'context', about: 'shared-answer' },
      { role: 'assistant', text },
      { role: 'user', text: 'What is it?' },
      { role: 'context', about: 'told-answer', seq: 2, readers: ['ana'], sameAs: { seq: copy.seq } },
    ])
    expect(sent(messages)[3]).toContain(`<told-answer seq=\\"2\\" readers=\\"ana\\"><same-as seq=\\"1\\"/>`)
    expect(manifest.repeats).toMatchObject([{ messageId: answer.id, sameAs: copy.id }])
    expect(manifest.saved).toBeGreaterThan(50)
    expect(alone.manifest.saved).toBe(0)
  })

  it('is an answer whole where its calls are told, which no copy holds', () => {
    const talk = talkOf([])
    talk.say('l_a', 'ana', 'What is it?', null)
    const calls = [talk.call(1, 'notes.read', {}, 'what was read')]
    const answer = talk.add('l_a', { role: 'assistant', calls, cells: [talk.cell('It is 42.')] })
    const shared = { by: person('ana'), at: 9, messageId: answer.id }
    talk.add(MAIN_LANE, { role: 'assistant', shared, cells: [talk.cell('It is 42.')] })
    expect(JSON.stringify(view(talk, talk.ask('l_a', 'ana', 'and?')).messages)).toContain('what was read')
  })

  it('has room for what many read together: the first of them are named, the others counted', () => {
    const talk = new Talk()
    const many = setOf(Array.from({ length: 1_000 }, (_, i) => `p${1_000 + i}`))
    talk.lane('l_many', many)
    for (let turn = 0; turn < 40; turn++) talk.say('l_many', 'p1000', `question ${turn}`)
    const { messages, manifest } = view(talk, talk.ask('l_many', 'p1000', 'next'))
    expect(manifest.lanes).toMatchObject([{ laneId: 'l_many', messages: 80 }])
    expect(messages[0]).toMatchObject({ from: { readers: many.slice(0, 12), moreReaders: 988 } })
    expect(sent(messages)[0]).toContain('more-readers=\\"988\\"')
  })
})

describe('sections', () => {
  it("a lane's section does not depend on what narrower or other lanes hold", () => {
    fc.assert(
      fc.property(said(ALL), said(['l_a', 'l_b', 'l_cd']), (all, more) => {
        const before = talkOf(all)
        const after = talkOf([...all, ...more])
        const wide = (talk: Talk) => {
          const all = view(talk, talk.ask('l_a', 'ana', 'next'), SMALL).messages
          const own = all.findIndex((each) => each.role === 'user' && each.from.readers?.length === 1)
          return all.slice(0, own)
        }
        expect(wide(after)).toEqual(wide(before))
      }),
    )
  })

  it('the common prefix of two members is equal byte for byte', () => {
    fc.assert(
      fc.property(said(ALL), (all) => {
        const talk = talkOf(all)
        const [ana, ben] = [talk.ask('l_a', 'ana', 'mine'), talk.ask('l_b', 'ben', 'mine')]
        const [of, ofBen] = [view(talk, ana, SMALL), view(talk, ben, SMALL)]
        const shared = [MAIN_LANE, 'l_abc', 'l_ab']
        const common = ({ manifest }: typeof of) => manifest.lanes.filter((l) => shared.includes(l.laneId))
        expect(common(ofBen)).toEqual(common(of))
        const [a, b] = [sent(of.messages), sent(ofBen.messages)]
        const differs = a.findIndex((bytes, at) => bytes !== b[at])
        const private_ = (bytes: string | undefined) => /readers=\\"(ana|ben)\\"/.test(bytes ?? '')
        expect(private_(a[differs])).toBe(true)
        expect(private_(b[differs])).toBe(true)
        expect(of.system).toBe(ofBen.system)
      }),
    )
  })

  it('a view goes on where the one before ended, but for when the start moves by a whole step', () => {
    const talk = talkOf([])
    let moves = 0
    let before: string[] = []
    for (let turn = 0; turn < 400; turn++) {
      const { messages, manifest } = view(talk, NO_TURN, SMALL_MAIN)
      const now = sent(messages)
      if (now.slice(0, before.length).join() !== before.join()) moves++
      expect(manifest.tokens).toBeLessThan(SMALL_MAIN.main + 500)
      before = now
      talk.say(MAIN_LANE, 'ana', `question ${turn} of many`, `answer ${turn}, which is a little longer`)
    }
    expect(before.length).toBeGreaterThan(40)
    expect(moves).toBeGreaterThan(1)
    expect(moves).toBeLessThan(400 / 10)
  })

  it('a message that is too long is told up to a mark, and its own turn sees it whole', () => {
    const talk = new Talk()
    const long = talk.ask(MAIN_LANE, 'ana', `${'x'.repeat(30_000)}𝄞`)
    expect(texts(view(talk, long).messages)).toEqual([`${'x'.repeat(30_000)}𝄞`])
    const [first] = view(talk, talk.ask(MAIN_LANE, 'ana', 'next')).messages
    expect(first).toMatchObject({ gaps: [{ at: 24_000, characters: 6_002 }] })
    expect(sent([first as ModelMessage])[0]).toMatch(/x<left-out characters=\\"6002\\"\/><\/from>/)
  })

  it('of many set lanes the widest are told, and always the own one', () => {
    const talk = new Talk()
    for (let more = 0; more < 9; more++) {
      talk.lane(`l_${more}`, setOf(['ana', ...Array.from({ length: more }, (_, i) => `p${i}`)]))
      talk.say(`l_${more}`, 'ana', `with ${more}`)
    }
    const { manifest } = view(talk, talk.ask('l_0', 'ana', 'next'), { ...SMALL, lanes: 4 })
    expect(manifest.lanes.map(({ laneId }) => laneId)).toEqual(['l_8', 'l_7', 'l_6', 'l_0'])
  })
})

const SMALL_MAIN: ViewBudget = { main: 3_000, lane: 1_000, lanes: 6 }
/** Whose question is nowhere: the view is what flows in. */
const NO_TURN = { turnId: '', laneId: 'l_a', questionId: '', answerId: '' } as Turn
