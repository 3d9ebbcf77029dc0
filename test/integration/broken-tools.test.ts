import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ToolError } from '../../server/tools/tool.ts'
import { CountingTool } from '../kit/counting-tool.ts'
import { textOf } from '../kit/text.ts'
import { calls, say, stop, TurnHouse, toolParts, wish } from '../kit/turn-house.ts'

const reader = () => new CountingTool('look', { effect: 'read', replay: 'safe' })
const keyed = () => new CountingTool('book', { effect: 'write', replay: 'keyed' })
const unsafe = () => new CountingTool('mail', { effect: 'write', replay: 'unsafe' })
const hangs = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))

describe('tools that break, hang or promise what they do not keep', () => {
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
})
