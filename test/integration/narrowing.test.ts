import { DEFAULT_LIMITS, type Message } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import { CountingTool } from '../kit/counting-tool.ts'
import { principal } from '../kit/people.ts'
import { calls, say, stop, TurnHouse, toolParts, wish } from '../kit/turn-house.ts'

/** A tool that consults what only some may read. */
function tool(name: string, readers: CountingTool['readers'], parts: Partial<CountingTool> = {}) {
  const made = new CountingTool(name, { effect: 'read', replay: 'safe', ...parts })
  made.readers = readers
  made.answer = async () => ({ found: `by ${name}` })
  return made
}
const laneOf = (at: TurnHouse, audience: readonly string[]) =>
  Object.values(at.session.state.lanes).find((lane) => String(lane.audience) === String(audience))
const textOf = (message: Message | undefined) =>
  message?.parts.map((part) => ('text' in part ? part.text : '')).join('')
const statuses = (messages: readonly Message[]) => messages.map(({ metadata }) => metadata.status)

describe('a call that needs fewer readers', () => {
  it('[LR10] ends the turn here as narrowed before it runs, and goes on among those who may see both', async () => {
    const salaries = tool('salaries', ['ana', 'bo'])
    const at = await TurnHouse.start([salaries])
    const promptId = await at.ask('ana', 'how much', [
      [say('Let me look.'), wish('salaries', { n: 1 }), calls],
      [say('It is 7.'), stop],
    ])
    await at.ended()
    const lane = laneOf(at, ['ana', 'bo'])
    expect(statuses(at.messages())).toEqual(['done', 'narrowed'])
    const [, placeholder] = await at.told('mo')
    expect(await at.told('mo')).toHaveLength(2)
    expect(placeholder?.parts).toEqual([{ type: 'text', text: 'Let me look.' }])
    expect(JSON.stringify(await at.told('mo'))).not.toContain('salaries')
    const [question, answer] = (await at.told('bo')).slice(2)
    expect(question?.metadata).toMatchObject({ promptId, after: 2, continues: placeholder?.id, seq: 1 })
    expect(textOf(question)).toBe('how much')
    expect(textOf(answer)).toBe('It is 7.')
    expect(toolParts(answer)).toMatchObject([{ toolName: 'salaries', state: 'output-available' }])
    expect(salaries.runs).toHaveLength(1)
    expect(at.asked).toHaveLength(2)
    expect(JSON.stringify(at.asked[1]?.messages)).toContain('Let me look.')
    const laneId = lane?.laneId
    expect(await at.session.prompt(principal('ana'), promptId)).toEqual({
      promptId,
      laneId,
      state: 'ended',
      end: 'done',
    })
    expect(await at.session.prompt(principal('mo'), promptId)).toMatchObject({
      laneId: 'main',
      end: 'narrowed',
    })
  })

  it('[LR11] goes on first of all that its author has waiting there; a tool that was run is not run again', async () => {
    const post = tool('post', 'everyone', { effect: 'write', replay: 'keyed' })
    const secret = tool('secret', ['ana'])
    const at = await TurnHouse.start([post, secret])
    const gate = Promise.withResolvers<void>()
    await at.ask(
      'ana',
      'runs',
      [
        async function* () {
          await gate.promise
          yield stop
        },
      ],
      [],
    )
    await at.until(() => Object.keys(at.session.state.turns).length === 1)
    await at.ask('ana', 'waits', [[say('W'), stop]], [])
    const steps = [
      [wish('post', { n: 1 }), calls],
      [wish('secret'), calls],
      [say('both'), stop],
    ]
    const promptId = await at.ask('ana', 'both', steps)
    await at.until(() => at.session.state.prompts[promptId]?.continues !== undefined)
    await at.rest()
    const lane = laneOf(at, ['ana'])
    expect(lane?.queue[0]).toBe(promptId)
    await at.restart()
    gate.resolve()
    await at.ended()
    const own = at.messages(lane?.laneId)
    expect(own.filter(({ role }) => role === 'assistant').map(({ metadata }) => metadata.promptId)[1]).toBe(
      promptId,
    )
    expect(post.keys).toBe(1)
    expect(secret.runs).toHaveLength(1)
  })

  it('[LR12] each narrowing leaves fewer readers, and the last part sees all the ones before it', async () => {
    const two = tool('two', ['ana', 'bo'])
    const one = tool('one', ['ana', 'mo'])
    const at = await TurnHouse.start([two, one])
    await at.ask('ana', 'deep', [
      [say('first'), wish('two'), calls],
      [say('second'), wish('one'), calls],
      [say('third'), stop],
    ])
    await at.ended()
    expect(Object.values(at.session.state.lanes).map(({ audience }) => audience)).toEqual([
      'everyone',
      ['ana', 'bo'],
      ['ana'],
    ])
    const last = JSON.stringify(at.asked.at(-1)?.messages)
    for (const text of ['first', 'by two', 'second', 'by one']) expect(last).toContain(text)
    expect(at.asked.at(-1)?.messages.filter(({ role }) => role === 'user').length).toBeGreaterThan(0)
    expect(JSON.stringify(await at.told('bo'))).not.toContain('by one')
    expect(JSON.stringify(await at.told('mo'))).not.toContain('by two')
  })

  it('[LR13] is denied where its author is not among its readers, and where no lane can be had for it', async () => {
    const others = tool('others', ['bo'])
    const own = tool('own', ['ana'])
    const at = await TurnHouse.start([others, own])
    await at.ask('ana', 'theirs', [
      [wish('others'), calls],
      [say('no'), stop],
    ])
    await at.ended()
    expect(toolParts(at.messages()[1])).toMatchObject([
      { state: 'output-denied', toolMetadata: { reason: 'NOT_GRANTED' } },
    ])
    at.limits = { ...DEFAULT_LIMITS, lanesPerSession: 0 }
    await at.reopen()
    await at.ask('ana', 'full', [
      [wish('own'), calls],
      [say('no'), stop],
    ])
    await at.ended()
    expect(toolParts(at.messages()[3])).toMatchObject([
      { state: 'output-denied', toolMetadata: { reason: 'AUDIENCE_NARROWER' } },
    ])
    expect([others.runs, own.runs]).toEqual([[], []])
  })

  it('[LR13] how many lanes there may be to go on in is counted by what this lane’s own readers saw', async () => {
    for (const aside of [false, true]) {
      const own = tool('own', ['ana'])
      const at = await TurnHouse.start([own])
      at.limits = { ...DEFAULT_LIMITS, lanesPerPerson: 1, lanesPerSession: 1 }
      await at.reopen()
      const steps = [aside ? [wish('own'), calls] : [say('no call'), stop], [say('done'), stop]]
      await at.ask('bo', 'begins it', [[say('x'), stop]], ['ana'])
      await at.ask('ana', 'in private', steps, ['bo'])
      await at.ended()
      await at.ask('ana', 'in public', [
        [wish('own'), calls],
        [say('found'), stop],
      ])
      await at.ended()
      expect((await at.told('mo')).map(({ metadata }) => metadata.status)).toEqual(['done', 'narrowed'])
      // Nor does it count, or spare one, where its author chooses for herself.
      expect(await at.refusal('ana', { type: 'prompt.submit', text: 'x', audience: [] })).toBe('LANES_FULL')
    }
  })

  it('[LR4] a lane that only calls led to has room for the prompt that chooses it, whatever waits there', async () => {
    const at = await TurnHouse.start([tool('own', ['ana'])])
    at.limits = { ...DEFAULT_LIMITS, pendingPerPerson: 1 }
    await at.reopen()
    async function* never() {
      yield say('Long')
      await new Promise(() => undefined)
    }
    for (const text of ['one', 'two']) {
      const promptId = await at.ask('ana', text, [[wish('own'), calls], never])
      await at.until(() => text === 'one' || at.session.state.prompts[promptId]?.continues !== undefined)
      await at.rest()
    }
    const aside = { type: 'prompt.submit' as const, text: 'x', audience: [] }
    expect(await at.refusal('ana', aside)).toBe('accepted')
    expect(await at.refusal('ana', aside)).toBe('QUEUE_FULL')
  })

  it('[LR14] readers that become fewer while a call waits: it is not made, and nothing is widened', async () => {
    const plans = tool('plans', 'everyone', { approver: 'author' })
    const at = await TurnHouse.start([plans])
    await at.ask('ana', 'plans', [
      [wish('plans'), calls],
      [say('no'), stop],
    ])
    await at.until(() => toolParts(at.messages()[1])[0]?.state === 'approval-requested')
    plans.readers = ['ana']
    const call = toolParts(at.messages()[1])[0]
    const { toolCallId: callId = '', toolMetadata } = call ?? {}
    const turnId = at.turn?.turnId ?? ''
    const argsHash = toolMetadata?.argsHash ?? ''
    await at.act('ana', { type: 'call.decide', turnId, callId, argsHash, decision: 'allow' })
    await at.ended()
    expect(plans.runs).toEqual([])
    expect(toolParts(at.messages()[1])).toMatchObject([{ toolMetadata: { reason: 'AUDIENCE_NARROWER' } }])
    expect(statuses(at.messages())).toEqual(['done', 'done'])
  })

  it('[LR15] a question is taken back where it was first asked, and leaves every lane that it went on in', async () => {
    const secret = tool('secret', ['ana'])
    const at = await TurnHouse.start([secret])
    await at.ask('ana', 'the question', [
      [wish('secret'), calls],
      [say('ok'), stop],
    ])
    await at.ended()
    const own = laneOf(at, ['ana'])?.laneId ?? ''
    const [[first], [rest]] = [at.messages(), at.messages(own)]
    // Whether it has gone on there is for the readers of that lane alone to know.
    expect(await at.refusal('ana', { type: 'message.retract', messageId: rest?.id ?? '' })).toBe('MALFORMED')
    await at.act('ana', { type: 'message.retract', messageId: first?.id ?? '' })
    expect(JSON.stringify(await at.told())).not.toContain('the question')
    expect([at.messages()[0], at.messages(own)[0]].map((each) => each?.metadata.retractedAt)).toEqual([
      at.clock.now(),
      at.clock.now(),
    ])
    expect(at.session.state.lanes[own]?.incarnation).toBe(2)
  })
})

describe('rights to a tool', () => {
  it('[LR16] are the author’s, looked up when the model asks and again before it runs', async () => {
    const plans = tool('plans', 'everyone', { approver: 'author' })
    const at = await TurnHouse.start([plans])
    at.withheld.add('plans bo')
    await at.ask('bo', 'no grant', [
      [wish('plans'), calls],
      [say('no'), stop],
    ])
    await at.ended()
    expect(toolParts(at.messages()[1])).toMatchObject([{ toolMetadata: { reason: 'NOT_GRANTED' } }])
    await at.ask('ana', 'grant', [
      [wish('plans'), calls],
      [say('no'), stop],
    ])
    await at.until(() => toolParts(at.messages()[3])[0]?.state === 'approval-requested')
    at.withheld.add('plans ana')
    const part = toolParts(at.messages()[3])[0]
    const command = {
      ...{ type: 'call.decide' as const, turnId: at.turn?.turnId ?? '', decision: 'allow' as const },
      ...{ callId: part?.toolCallId ?? '', argsHash: part?.toolMetadata.argsHash ?? '' },
    }
    expect(await at.refusal('mo', command)).toBe('FORBIDDEN')
    await at.act('ana', command)
    await at.ended()
    expect(toolParts(at.messages()[3])).toMatchObject([{ toolMetadata: { reason: 'NOT_GRANTED' } }])
    expect(plans.runs).toEqual([])
  })

  it('[LR17] a session’s policy takes tools away from all of its turns and gives none', async () => {
    const plans = tool('plans', 'everyone')
    const at = await TurnHouse.start([plans])
    expect(await at.refusal('mo', { type: 'policy.set', withoutTools: ['plans'] })).toBe('FORBIDDEN')
    await at.act('ana', { type: 'policy.set', withoutTools: ['plans'] })
    await at.ask('bo', 'plans', [
      [wish('plans'), calls],
      [say('no'), stop],
    ])
    await at.ended()
    expect(at.asked[0]?.tools).toEqual([])
    expect(toolParts(at.messages()[1])).toMatchObject([{ toolMetadata: { reason: 'TOOL_UNKNOWN' } }])
    expect(plans.runs).toEqual([])
  })

  it('[LR18] who allows a call reads its lane: where no such person may allow it, it is denied', async () => {
    const risky = tool('risky', 'everyone', { approver: 'moderator' })
    const at = await TurnHouse.start([risky])
    await at.ask(
      'bo',
      'private',
      [
        [wish('risky'), calls],
        [say('no'), stop],
      ],
      [],
    )
    await at.ended()
    const own = laneOf(at, ['bo'])?.laneId
    expect(toolParts(at.messages(own)[1])).toMatchObject([{ toolMetadata: { reason: 'NO_APPROVER' } }])
    await at.ask(
      'bo',
      'with mo',
      [
        [wish('risky'), calls],
        [say('no'), stop],
      ],
      ['mo'],
    )
    const shared = laneOf(at, ['bo', 'mo'])?.laneId
    await at.until(() => toolParts(at.messages(shared)[1])[0]?.state === 'approval-requested')
    const part = toolParts(at.messages(shared)[1])[0]
    const command = {
      ...{ type: 'call.decide' as const, turnId: at.turn?.turnId ?? '', decision: 'allow' as const },
      ...{ callId: part?.toolCallId ?? '', argsHash: part?.toolMetadata.argsHash ?? '' },
    }
    expect(await at.refusal('ana', command)).toBe('NOT_FOUND')
    await at.act('mo', command)
    await at.ended()
    expect(risky.runs).toHaveLength(1)
  })
})
