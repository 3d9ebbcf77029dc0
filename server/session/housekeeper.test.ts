import { MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import { expect, it } from 'vitest'
import { ManualClock } from '../../test/kit/clock.ts'
import type { ModelCall, ModelPart, ModelPort } from '../model/port.ts'
import { grownWith } from './grown.ts'
import { Housekeeper } from './housekeeper.ts'
import type { State } from './state.ts'
import { Talk } from './view/talk.fixture.ts'

type Compacted = Extract<SessionEvent, { type: 'view.compacted' }>
const turnOfTheLoop = () => new Promise(setImmediate)

/** A lane in which a summary is due, and a model that says what the test tells it to. */
function house({ withModel = true } = {}) {
  const talk = new Talk()
  for (let turn = 0; turn < 40; turn++) talk.say(MAIN_LANE, 'ana', `Question ${turn}.`)
  const clock = new ManualClock()
  const written: { event: Compacted; body: string }[] = []
  const calls: ModelCall[] = []
  let retracted: State['retracted'] = []
  const takeBack = (messageId: string) => {
    retracted = grownWith(retracted, messageId, 1)
  }
  let say: (parts: ModelPart[]) => void = () => undefined
  const model: ModelPort = {
    ...{ defaultModel: 'm', models: ['m'] },
    async *stream(call, signal) {
      calls.push(call)
      yield* await new Promise<ModelPart[]>((resolve) => {
        say = resolve
        signal.addEventListener('abort', () => resolve([]))
      })
    },
  }
  const housekeeper = new Housekeeper({
    state: () => ({ ...talk.state, retracted }),
    ...{ bodies: talk.bodies, clock, newId: (prefix, scope) => `${prefix}_${scope}` },
    model: withModel ? model : null,
    async commit({ events }) {
      for (const { event, body = '' } of events) {
        if (event.type !== 'view.compacted') continue
        written.push({ event, body })
        talk.summary(MAIN_LANE, event, JSON.parse(body))
      }
    },
  })
  const reply = async (text: string) => {
    say([
      { type: 'text', text },
      { type: 'finish', finish: 'stop' },
    ])
    await turnOfTheLoop()
  }
  return { talk, clock, housekeeper, written, calls, takeBack, reply }
}

it('without a model the extract is written at once', () => {
  const { housekeeper, written } = house({ withModel: false })
  housekeeper.consider(MAIN_LANE)
  expect(written).toMatchObject([{ event: { by: 'extract', fromSeq: 1, throughSeq: 40, cell: 'c_main' } }])
  housekeeper.consider(MAIN_LANE)
  expect(written.length).toBe(1)
})

it('a lane is summed up once at a time, by the model', async () => {
  const { housekeeper, written, calls, reply } = house()
  housekeeper.consider(MAIN_LANE)
  housekeeper.consider(MAIN_LANE)
  expect([calls.length, written.length]).toEqual([1, 0])
  await reply('- [1] Ana asks.')
  expect(written).toMatchObject([{ event: { by: 'model' } }])
  expect(JSON.parse(written[0]?.body ?? '')).toMatchObject({
    claims: [{ text: 'Ana asks.', authors: ['ana'] }],
  })
})

it('the extract stands in for a model that talks, or that takes too long', async () => {
  const talks = house()
  talks.housekeeper.consider(MAIN_LANE)
  await talks.reply('Sure, here is a summary.')
  expect(talks.written).toMatchObject([{ event: { by: 'extract' } }])
  const slow = house()
  slow.housekeeper.consider(MAIN_LANE)
  await turnOfTheLoop()
  slow.clock.advance(60_000)
  await turnOfTheLoop()
  expect(slow.written).toMatchObject([{ event: { by: 'extract' } }])
})

it('what was taken back meanwhile is in no summary', async () => {
  const { talk, housekeeper, written, calls, takeBack, reply } = house()
  housekeeper.consider(MAIN_LANE)
  const gone = talk.state.lanes[MAIN_LANE]?.entries[0]?.id ?? ''
  takeBack(gone)
  talk.change(MAIN_LANE, gone, { cells: [], retractedAt: 1 })
  await reply('- [1] Ana says the secret.')
  expect([calls.length, written.length]).toEqual([2, 0])
  await reply('- [3] Ana asks.')
  expect(written.length).toBe(1)
  expect(written[0]?.event.sources).not.toContain(gone)
})

it('[LR33] an extract that takes in what a model wrote is a model’s', () => {
  const { talk, housekeeper, written } = house({ withModel: false })
  const claims = [{ text: 'x', authors: [], sources: ['m'], seqs: [50] }]
  Object.assign(talk.summary(MAIN_LANE, { fromSeq: 41, throughSeq: 60 }, { people: {}, claims }), {
    by: 'model',
  })
  housekeeper.consider(MAIN_LANE)
  expect(written).toMatchObject([{ event: { by: 'model', fromSeq: 1, throughSeq: 60 } }])
})

it('stopped, it writes nothing more', async () => {
  const { housekeeper, written, reply } = house()
  housekeeper.consider(MAIN_LANE)
  housekeeper.stopAll()
  await reply('- [1] Ana asks.')
  housekeeper.consider(MAIN_LANE)
  expect(written).toEqual([])
})
