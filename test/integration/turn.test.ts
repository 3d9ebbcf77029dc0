import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ModelPart } from '../../server/model/port.ts'
import { ToolError } from '../../server/tools/tool.ts'
import { CountingTool } from '../kit/counting-tool.ts'
import { textOf } from '../kit/text.ts'
import { calls, say, stop, TurnHouse, toolParts, wish } from '../kit/turn-house.ts'

const reader = () => new CountingTool('look', { effect: 'read', replay: 'safe' })
const keyed = () => new CountingTool('book', { effect: 'write', replay: 'keyed' })
const unsafe = () => new CountingTool('mail', { effect: 'write', replay: 'unsafe' })
const hangs = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))

describe('a turn with tools', () => {
  it('[Q1][Q2] the reply is journaled with what it wants done before anything is done; then each call in turn', async () => {
    const tools = [reader(), keyed()]
    const house = await TurnHouse.start(tools)
    const seen: string[] = []
    for (const tool of tools) {
      tool.answer = async () => {
        seen.push(house.appends.at(-1) ?? '')
        return { from: tool.name }
      }
    }
    await house.ask('ana', 'go', [
      [say('I look and book. '), wish('look', { n: 1 }), wish('book', { n: 2 }), calls],
      [say('Done.'), stop],
    ])
    await house.ended()
    const steps = house.appends.filter((name) => !/^(text|member|session)/.test(name))
    expect(steps).toEqual([
      'prompt.accepted',
      'turn.claimed+step.started',
      'step.committed+tool.intent+tool.intent',
      'tool.dispatched',
      'tool.settled',
      'tool.dispatched',
      'tool.settled',
      'step.started',
      'step.committed+turn.ended',
    ])
    expect(seen).toEqual(['tool.dispatched', 'tool.dispatched'])
    const answer = (await house.told()).at(-1)
    expect(answer?.parts.map((part) => (part.type === 'text' ? part.text : part.toolName))).toEqual([
      'I look and book. ',
      'look',
      'book',
      'Done.',
    ])
    expect(toolParts(answer).map((part) => [part.state, 'output' in part && part.output])).toEqual([
      ['output-available', { from: 'look' }],
      ['output-available', { from: 'book' }],
    ])
  })

  it('[Q3] the model gets each step back with what it called and a result for each call', async () => {
    const [look] = [reader()]
    look.answer = async () => ({ rows: 2 })
    const house = await TurnHouse.start([look])
    await house.ask('ana', 'go', [
      [say('A'), wish('look', { n: 1 }), wish('nothing', {}), wish('look', { n: 'one' }), calls],
      [say('B'), stop],
    ])
    await house.ended()
    expect(house.asked[1]?.messages.slice(-2)).toMatchObject([
      {
        role: 'assistant',
        text: 'A',
        calls: [{ tool: 'look', args: { n: 1 } }, { tool: 'nothing' }, { args: { n: 'one' } }],
      },
      {
        role: 'tool',
        results: [
          { outcome: 'ok', output: '{"rows":2}' },
          { outcome: 'error', output: 'There is no such tool here.' },
          { outcome: 'error', output: expect.stringContaining('do not fit the schema') },
        ],
      },
    ])
    expect(look.runs).toHaveLength(1)
    // Of a later question it is part of what was said before.
    await house.ask('bo', 'and now?', [[say('C'), stop]])
    await house.ended()
    expect(house.asked[2]?.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ])
  })

  it('[Q4] two calls never share a key, and a call keeps its own', async () => {
    const book = keyed()
    const house = await TurnHouse.start([book])
    const twice = [wish('book', { n: 1 }), wish('book', { n: 1 }), calls]
    await house.ask('ana', 'go', [twice, [...twice], [stop]])
    await house.ended()
    expect(book.runs).toHaveLength(4)
    expect(book.keys).toBe(4)
  })

  it('[Q7] when the answer to a call is lost, a keyed one is sent again with its key, an unsafe one never', async () => {
    const [book, mail] = [keyed(), unsafe()]
    const house = await TurnHouse.start([book, mail])
    let lost = 2
    book.answer = async () => {
      if (lost-- > 0) throw new ToolError('The answer was lost.', { uncertain: true })
      return { booked: true }
    }
    mail.answer = async () => {
      throw new ToolError('The answer was lost.', { uncertain: true })
    }
    await house.ask('ana', 'go', [
      [wish('book'), wish('mail'), calls],
      [say('End.'), stop],
    ])
    for (let i = 0; i < 8; i++) {
      await house.rest()
      house.clock.advance(1_000)
    }
    await house.ended()
    expect([book.runs.length, book.keys, mail.runs.length]).toEqual([3, 1, 1])
    expect(toolParts((await house.told()).at(-1))).toMatchObject([
      { state: 'output-available', toolMetadata: { outcome: 'ok', dispatches: 3 } },
      {
        state: 'output-error',
        toolMetadata: { outcome: 'unknown', reason: 'TOOL_FAILED', dispatches: 1 },
      },
    ])
  })

  it('[Q7] an unsafe call whose tool can tell what became of it is asked about, not repeated', async () => {
    const happened = unsafe()
    happened.probe = async () => ({ result: { sent: true } })
    happened.answer = async () => {
      throw new ToolError('cut', { uncertain: true })
    }
    const house = await TurnHouse.start([happened])
    await house.ask('ana', 'go', [[wish('mail'), calls], [stop]])
    await house.rest()
    house.clock.advance(2_000)
    await house.ended()
    expect(happened.runs).toHaveLength(1)
    expect(toolParts((await house.told()).at(-1))[0]).toMatchObject({ output: { sent: true } })
  })

  it('[Q15] a tool that throws, hangs, says too much or what its schema forbids gives its call that end, and the turn goes on', async () => {
    const make = (name: string, parts: object = {}) =>
      new CountingTool(name, { effect: 'read', replay: 'safe', ...parts })
    const tools = [
      make('throws'),
      make('hangs', { timeout: 1_000 }),
      make('huge'),
      make('odd', { output: z.strictObject({ ok: z.boolean() }) }),
      make('bigint'),
      new CountingTool('hangs-writing', { effect: 'write', replay: 'unsafe', timeout: 1_000 }),
    ]
    const house = await TurnHouse.start(tools)
    const [throws, hang, huge, odd, bigint, writing] = tools as [CountingTool, ...CountingTool[]]
    throws.answer = async () => {
      throw new Error('secret detail')
    }
    if (hang) hang.answer = (_, { signal }) => hangs(signal)
    if (writing) writing.answer = () => new Promise(() => undefined)
    if (huge) huge.answer = async () => 'x'.repeat(10_000_000)
    if (odd) odd.answer = async () => ({ nok: 1 })
    if (bigint) bigint.answer = async () => 1n
    await house.ask('ana', 'go', [
      [...tools.map(({ name }) => wish(name)), calls],
      [say('End.'), stop],
    ])
    for (let i = 0; i < 12; i++) {
      await house.rest()
      house.clock.advance(1_000)
    }
    await house.ended()
    const answer = (await house.told()).at(-1)
    expect(toolParts(answer).map(({ toolMetadata }) => [toolMetadata.outcome, toolMetadata.reason])).toEqual([
      ['error', 'TOOL_FAILED'],
      ['error', 'TOOL_TIMEOUT'],
      ['error', 'RESULT_TOO_LARGE'],
      ['error', 'RESULT_INVALID'],
      ['error', 'RESULT_INVALID'],
      ['unknown', 'TOOL_TIMEOUT'],
    ])
    expect(JSON.stringify(answer)).not.toContain('secret detail')
    expect([answer?.metadata.status, textOf(answer)]).toEqual(['done', 'End.'])
  })

  it('[Q16] a turn that never comes to an end fails after 24 steps', async () => {
    const look = reader()
    const house = await TurnHouse.start([look])
    await house.ask(
      'ana',
      'go',
      Array.from({ length: 40 }, () => [wish('look'), calls]),
    )
    await house.ended()
    const answer = (await house.told()).at(-1)
    expect([answer?.metadata.status, answer?.metadata.reason]).toEqual(['failed', 'TOO_MANY_STEPS'])
    expect([house.asked.length, look.runs.length]).toEqual([24, 23])
  })

  it('[Q17] a reply that was cut off at its length runs none of its calls', async () => {
    const book = keyed()
    const house = await TurnHouse.start([book])
    const cut: ModelPart = { type: 'finish', finish: 'length' }
    await house.ask('ana', 'go', [[say('I will'), wish('book'), cut]])
    await house.ended()
    expect(book.runs).toEqual([])
    expect((await house.told()).at(-1)).toMatchObject({
      metadata: { status: 'done' },
      parts: [{ text: 'I will' }],
    })
  })

  it('[Q3] of a long turn the newest results are whole and the first are cut, so that it goes on', async () => {
    const look = reader()
    look.answer = async () => 'x'.repeat(60_000)
    const house = await TurnHouse.start([look])
    await house.ask('ana', 'go', [
      ...Array.from({ length: 6 }, () => [wish('look'), calls]),
      [say('End.'), stop],
    ])
    await house.ended()
    const lengths = house.asked.at(-1)?.messages.flatMap((message) => {
      return message.role === 'tool' ? message.results.map(({ output }) => output.length) : []
    })
    expect(lengths?.map((length) => length > 50_000)).toEqual([false, false, true, true, true, true])
  })

  it('[Q3][Q15] arguments and results that are nested without end are refused, and the session goes on', async () => {
    const deep = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown
    const look = new CountingTool('look', { effect: 'read', replay: 'safe', input: z.looseObject({}) })
    look.answer = async () => deep(3_000)
    const house = await TurnHouse.start([look])
    await house.ask('ana', 'go', [
      [wish('look', { a: deep(3_000) }), wish('look'), wish('none', deep(6_000)), calls],
      [say('End.'), stop],
    ])
    await house.ended()
    const answer = (await house.told()).at(-1)
    expect(toolParts(answer).map(({ toolMetadata }) => toolMetadata.reason)).toEqual([
      ...['ARGS_INVALID', 'RESULT_INVALID', 'ARGS_INVALID'],
    ])
    expect(textOf(answer)).toBe('End.')
  })

  it('[Q15] a tool whose own rules throw costs its call, and the turn goes on', async () => {
    const thrower = () => {
      throw new Error('no rule')
    }
    const odd = reader()
    odd.audience = thrower
    const input = z.unknown().refine(thrower)
    const strict = new CountingTool('strict', { effect: 'write', replay: 'keyed', input })
    const house = await TurnHouse.start([odd, strict])
    await house.ask('ana', 'go', [
      [wish('look'), wish('strict'), calls],
      [say('End.'), stop],
    ])
    await house.ended()
    const answer = (await house.told()).at(-1)
    expect(toolParts(answer).map(({ toolMetadata }) => toolMetadata.reason)).toEqual([
      'TOOL_FAILED',
      'ARGS_INVALID',
    ])
    expect([textOf(answer), odd.runs, strict.runs]).toEqual(['End.', [], []])
  })

  it('[Q15] a fault of ours ends its turn, and the lane goes on', async () => {
    const none = reader()
    Reflect.set(none, 'input', null)
    const house = await TurnHouse.start([none])
    await house.ask('ana', 'go', [[stop]])
    await house.ended()
    house.tools.length = 0
    await house.ask('ana', 'next', [[say('Next.'), stop]])
    await house.ended()
    const ends = (await house.told()).map(({ metadata }) => [metadata.status, metadata.reason])
    expect(ends[1]).toEqual(['failed', 'INTERNAL'])
    expect(ends[3]).toEqual(['done', undefined])
  })

  it('[Q15] a write that was done and whose answer is of no use is not told as one that failed', async () => {
    const [big, odd] = [keyed(), unsafe()]
    big.answer = async () => 'x'.repeat(70_000)
    odd.answer = async () => {
      throw new ToolError('The tool did its work, but its answer is odd.', { unusable: 'RESULT_INVALID' })
    }
    const house = await TurnHouse.start([big, odd])
    await house.ask('ana', 'go', [[wish('book'), wish('mail'), calls], [stop]])
    await house.ended()
    const parts = toolParts((await house.told()).at(-1))
    expect(parts.map(({ toolMetadata }) => [toolMetadata.outcome, toolMetadata.reason])).toEqual([
      ['unknown', 'RESULT_TOO_LARGE'],
      ['unknown', 'RESULT_INVALID'],
    ])
    const results = house.asked[1]?.messages.flatMap((each) => (each.role === 'tool' ? each.results : []))
    for (const { output } of results ?? []) expect(output).toContain('was carried out: do not make it again')
    expect([big.runs.length, odd.runs.length]).toEqual([1, 1])
  })

  it('[Q7][Q15] what a tool says of a lost call stands, also when there is too much of it', async () => {
    const mail = unsafe()
    mail.probe = async () => ({ result: 'x'.repeat(70_000) })
    mail.answer = async () => {
      throw new ToolError('cut', { uncertain: true })
    }
    const house = await TurnHouse.start([mail])
    await house.ask('ana', 'go', [[wish('mail'), calls], [stop]])
    for (let i = 0; i < 3; i++) await house.later(1_000)
    await house.ended()
    expect(toolParts((await house.told()).at(-1))[0]?.toolMetadata.reason).toBe('RESULT_TOO_LARGE')
  })

  it('[Q15] a promise that throws when it is looked at is one that was not kept', async () => {
    const book = keyed()
    book.output = z.unknown().refine(() => {
      throw new Error('no rule')
    })
    const house = await TurnHouse.start([book])
    await house.ask('ana', 'go', [[wish('book'), calls], [stop]])
    await house.ended()
    expect(book.runs).toHaveLength(1)
    expect(toolParts((await house.told()).at(-1))[0]?.toolMetadata.reason).toBe('RESULT_INVALID')
  })

  it('[Q7][Q15] a write that breaks off in the middle is one whose answer was lost', async () => {
    const [book, mail] = [keyed(), unsafe()]
    let broken = 1
    book.answer = async () => {
      if (broken-- > 0) throw new TypeError('a bug')
      return { booked: true }
    }
    mail.answer = async () => {
      throw new TypeError('a bug')
    }
    const house = await TurnHouse.start([book, mail])
    await house.ask('ana', 'go', [[wish('book'), wish('mail'), calls], [stop]])
    for (let i = 0; i < 4; i++) await house.later(1_000)
    await house.ended()
    expect([book.runs.length, book.keys, mail.runs.length]).toEqual([2, 1, 1])
    expect(toolParts((await house.told()).at(-1)).map(({ toolMetadata }) => toolMetadata.outcome)).toEqual([
      'ok',
      'unknown',
    ])
  })

  it('[Q7] a call waits before it is sent again, whatever is decided meanwhile', async () => {
    const book = keyed()
    book.answer = async () => {
      throw new ToolError('The answer was lost.', { uncertain: true })
    }
    const house = await TurnHouse.start([book])
    await house.ask('ana', 'go', [[wish('book'), calls], [stop]])
    await house.rest()
    for (let n = 0; n < 5; n++) {
      await house.ask('bo', `wait ${n}`, [[stop]])
      await house.later(10)
    }
    expect(book.runs).toHaveLength(1)
    await house.later(1_000)
    expect(book.runs).toHaveLength(2)
  })

  it('[Q16] a turn gets no more calls after 128', async () => {
    const look = reader()
    const house = await TurnHouse.start([look])
    const many = [...Array.from({ length: 32 }, (_, n) => wish('look', { n })), calls]
    await house.ask(
      'ana',
      'go',
      Array.from({ length: 6 }, () => many),
    )
    await house.ended()
    expect((await house.told()).at(-1)?.metadata.reason).toBe('TOO_MANY_STEPS')
    expect([house.asked.length, look.runs.length]).toEqual([5, 128])
  })
})
