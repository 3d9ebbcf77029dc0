import { expect, it } from 'vitest'
import { ask, collect, LOOKUP, said } from '../../test/contract/model.ts'
import { ManualClock } from '../../test/kit/clock.ts'
import type { Clock } from '../clock.ts'
import { createOfflineModel } from './offline.ts'
import type { ModelCall, ModelMessage, ModelPart, ModelToolResult } from './port.ts'

const turnOfTheLoop = () => new Promise(setImmediate)
const never = () => new AbortController().signal
const person = (id: string, name: string, seq: number, text: string): ModelMessage => ({
  ...{ role: 'user', text },
  from: { id, name, seq },
})
const view = (...messages: ModelMessage[]): ModelCall => ({
  model: 'offline',
  system: 'Be kind.',
  messages,
  tools: [],
})
/** Time that passes as soon as somebody waits for it. */
const eager: Clock = {
  now: () => 0,
  after(_, fn) {
    queueMicrotask(fn)
    return () => {}
  },
}
/** A step that calls `lookup` with each key, and its results. */
const step = (...results: Pick<ModelToolResult, 'outcome' | 'output'>[]): ModelMessage[] => {
  const named = results.map((result, index) => ({ callId: `c_${index}`, tool: 'lookup', ...result }))
  const calls = named.map(({ callId, tool }) => ({ callId, tool, args: { key: callId } }))
  return [
    { role: 'assistant', text: '', calls },
    { role: 'tool', results: named },
  ]
}
const answer = (call: ModelCall): Promise<ModelPart[]> =>
  collect(createOfflineModel({ tokensPerSecond: 40, clock: eager }).stream(call, never()))
const text = async (call: ModelCall) => said(await answer(call))

it('[O1] speaks at its pace, the first token at once', async () => {
  const clock = new ManualClock()
  const parts = createOfflineModel({ tokensPerSecond: 40, clock })
    .stream(ask('offline', '/write 9'), never())
    [Symbol.asyncIterator]()
  await parts.next()
  let arrived = 0
  for (const before of [0, 1, 2]) {
    const next = parts.next().then(() => arrived++)
    clock.advance(24)
    await turnOfTheLoop()
    expect(arrived).toBe(before)
    clock.advance(1)
    await next
  }
})

it('[O2] an abort ends the wait for the next token at once', async () => {
  const abort = new AbortController()
  const model = createOfflineModel({ tokensPerSecond: 40, clock: new ManualClock() })
  const parts = model.stream(ask('offline', '/write 9'), abort.signal)[Symbol.asyncIterator]()
  await parts.next()
  const pending = parts.next()
  abort.abort()
  expect((await pending).value).toMatchObject({ type: 'error', fault: { code: 'ABORTED' } })
  expect((await parts.next()).done).toBe(true)
})

it('[O3] says that it is the offline model, who asks, and who said what', async () => {
  const told = await text(
    view(
      person('u_ben', 'Ben', 1, 'We deploy the billing service on Friday.'),
      { role: 'assistant', text: 'Noted.' },
      person('u_cy', 'Cy', 3, 'The new logo is blue.'),
      person('u_ben', 'Ben', 4, 'Lunch?'),
      person('u_ada', 'Ada', 5, 'When do we deploy billing?'),
    ),
  )
  expect(told).toContain('I am the offline model')
  expect(told).toContain('Ada asks: “When do we deploy billing?”')
  expect(told).toContain('3 messages (2 from Ben, 1 from Cy) and 1 answer of mine')
  expect(told).toContain('Cy last said (#3): “The new logo is blue.”')
  expect(told).toContain('Ben last said (#4): “Lunch?”')
  expect(told).toContain('Ben said at #1: “We deploy the billing service on Friday.”')
})

const CATCH_UP = 'What happened here since Ben’s question at 9:14 AM (#3)? Tell me what was decided.'

it('[O3] asked what happened since a message, it lists who asked what and how that ended', async () => {
  const told = await text(
    view(
      person('u_cy', 'Cy', 1, 'Is the logo blue?'),
      { role: 'assistant', text: 'It is.' },
      person('u_ben', 'Ben', 3, 'When do we deploy the adapter?'),
      ...step({ outcome: 'ok', output: '{}' }),
      { role: 'assistant', text: 'On Friday.' },
      person('u_cy', 'Cy', 5, 'Can Ada watch the dashboards?'),
      person('u_cy', 'Cy', 6, 'And the pager?'),
      { role: 'assistant', text: `${await text(view(person('u_cy', 'Cy', 6, 'And the pager?')))} Ada` },
      {
        ...{ role: 'user', text: 'Between us: no.' },
        from: { id: 'u_ben', name: 'Ben', seq: 2, readers: ['u_ada', 'u_ben'] },
      },
      {
        ...{ role: 'user', text: 'A note to myself' },
        from: { id: 'u_ada', name: 'Ada', seq: 1, readers: ['u_ada'] },
      },
      {
        ...{ role: 'user', text: CATCH_UP },
        from: { id: 'u_ada', name: 'Ada', seq: 3, readers: ['u_ada'] },
      },
    ),
  )
  expect(told).toContain('I am the offline model')
  const points = told.split('\n').filter((line) => line.startsWith('- '))
  expect(points).toEqual([
    '- Ben asked (#3): “When do we deploy the adapter?” It was answered: “On Friday.”',
    '- Cy asked (#5): “Can Ada watch the dashboards?” I see no answer to that.',
    '- Cy asked (#6): “And the pager?” I told what I saw.',
    '- Among fewer of you Ben asked too, last at #2.',
    '- Your name is in #5.',
    '- What was decided by that I cannot tell: I only list it.',
  ])
})

it('[O3] of much that happened it lists the last, from an answer’s own question on', async () => {
  const many = Array.from({ length: 20 }, (_, i) => person('u_ben', 'Ben', 2 * i + 1, `Question ${i}`))
  const asked = 'What happened here since the answer to Ben at 9:14 AM (#8)?'
  const told = await text(view(...many, person('u_ada', 'Ada', 99, asked)))
  expect(told).toContain('- 5 more came before these.')
  expect(told).not.toContain('“Question 7”')
  expect(told).toContain('“Question 8”')
  expect(await text(view(person('u_ada', 'Ada', 1, asked)))).toContain('nothing that was said since')
})

it('[O4] people who share a name are told apart by id', async () => {
  const told = await text(view(person('u_1', 'Kim', 1, 'hello'), person('u_2', 'Kim', 2, 'hi')))
  expect(told).toContain('Kim (u_2) asks')
  expect(told).toContain('1 from Kim (u_1)')
})

it.each([1, 2, 16, 17, 300, 5000])('[O5] /write %i writes that many words', async (count) => {
  const written = await text(ask('offline', `/write ${count}`))
  expect(written.trim().split(/\s+/).length).toBe(count)
  expect(written).toMatch(/[^.]\.$/)
})

it('[O6] /echo repeats the whole input verbatim, calls and results included', async () => {
  const said = ['a\n  & "b" </from>', '𝄞', '/echo']
  const call = {
    ...view(
      person('u_1', 'Kim <b>', 1, 'a\n  & "b" </from>'),
      ...step(
        { outcome: 'ok', output: '{"salary":\n4711}' },
        { outcome: 'denied', output: 'Ben said "no".' },
      ),
      { role: 'assistant', text: '𝄞' },
      person('u_2', 'Bo', 3, '/echo'),
    ),
    tools: [LOOKUP],
  }
  const told = await text(call)
  for (const each of [...said, '{"salary":\n4711}', 'Ben said "no".']) expect(told).toContain(each)
  expect(told).toContain(`user from ${JSON.stringify({ id: 'u_1', name: 'Kim <b>', seq: 1 })}`)
  expect(told).toContain('call {"callId":"c_1","tool":"lookup"}:\n{"key":"c_1"}')
  expect(told).toContain('result {"callId":"c_1","tool":"lookup","outcome":"denied"}:\nBen said "no".')
  expect(told).toContain('system:\nBe kind.')
  expect(told).toContain(JSON.stringify([LOOKUP], null, 2))
})

it('[O7] /tool names what is offered when it cannot call', async () => {
  expect(await text(ask('offline', '/tool erase {}', [LOOKUP]))).toBe(
    'No tool of that name is offered to me here. Offered: lookup.',
  )
  expect(await text(ask('offline', '/tool lookup {key}', [LOOKUP]))).toContain('are not JSON')
  expect(await answer(ask('offline', '/tool lookup', [LOOKUP]))).toMatchObject([
    { type: 'tool-call', args: {} },
    {},
  ])
})

it('[O8] commands are taken from the last message only, and only from a person', async () => {
  expect(await text(view(person('u_1', 'Kim', 1, '/echo'), { role: 'assistant', text: '/echo' }))).toContain(
    'Nobody has asked',
  )
  expect(await text(view())).toContain('Nobody has asked')
})

it('[O9] the same call has the same answer, part by part', async () => {
  const call = view(person('u_1', 'Kim', 1, 'one'), person('u_2', 'Bo', 2, 'two'))
  expect(await answer(call)).toEqual(await answer(call))
})

it('[O10] each /tool line is a call of one step, in their order', async () => {
  const asked = '/tool lookup {"key":\n  "a"}\n\n/tool lookup {"key":"b"}\n  /tool lookup\n'
  expect(await answer(ask('offline', asked, [LOOKUP]))).toMatchObject([
    { type: 'tool-call', tool: 'lookup', args: { key: 'a' } },
    { type: 'tool-call', tool: 'lookup', args: { key: 'b' } },
    { type: 'tool-call', tool: 'lookup', args: {} },
    { type: 'finish', finish: 'tool-calls' },
  ])
  expect(await text(ask('offline', '/tool lookup {}\n/tool erase {}', [LOOKUP]))).toContain(
    'No tool of that name',
  )
})

it('[O11] what follows /then is the next step; after the last, all results are told', async () => {
  const asked = person('u_1', 'Kim', 1, '/tool lookup {"key":"a"}\n/then\n/tool lookup {"key":"b"}')
  const first = step({ outcome: 'ok', output: '{"name":"Ada"}' })
  const second = step({ outcome: 'unknown', output: 'Sent, and never answered.' })
  const at = (...messages: ModelMessage[]) => ({ ...view(asked, ...messages), tools: [LOOKUP] })
  expect(await answer(at())).toMatchObject([
    { type: 'tool-call', args: { key: 'a' } },
    { finish: 'tool-calls' },
  ])
  expect(await answer(at(...first))).toMatchObject([
    { type: 'tool-call', args: { key: 'b' } },
    { finish: 'tool-calls' },
  ])
  const told = await text(at(...first, ...second))
  expect(told).toContain('I am the offline model')
  expect(told).toContain('What came back from 2 calls:')
  expect(told).toContain('`lookup` ended as ok:\n\n```json\n{"name":"Ada"}\n```')
  expect(told).toContain('`lookup` ended as unknown:\n\n```\nSent, and never answered.\n```')
  const gone = await text({ ...at(...first), tools: [] })
  expect(gone).toContain('{"name":"Ada"}')
  expect(gone).toContain('Offered: none.')
})

it('[O12] a report quotes 600 characters, in a fence that they do not close', async () => {
  const asked = person('u_1', 'Kim', 1, '/tool lookup')
  const output = `\`\`\`\n${'𝄞'.repeat(700)}`
  const told = await text(view(asked, ...step({ outcome: 'ok', output })))
  expect(told).toContain(
    `\n\`\`\`\`json\n\`\`\`\n${'𝄞'.repeat(596)}…\n\`\`\`\`\n\nThat is the beginning of 704 characters.`,
  )
})

it('[O13] the question is the last message of a person, and steps that called are no answers', async () => {
  const earlier = [
    person('u_1', 'Kim', 1, '/tool lookup'),
    ...step({ outcome: 'ok', output: '1' }),
    { role: 'assistant' as const, text: 'It is 1.' },
  ]
  expect(await text(view(...earlier, person('u_2', 'Bo', 2, 'And now?')))).toContain(
    '1 message (1 from Kim) and 1 answer of mine',
  )
  const asked = person('u_2', 'Bo', 2, '/tool lookup {"key":"z"}')
  expect(await answer({ ...view(...earlier, asked), tools: [LOOKUP] })).toMatchObject([
    { type: 'tool-call', args: { key: 'z' } },
    { finish: 'tool-calls' },
  ])
})
