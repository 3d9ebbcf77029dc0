import { describe, expect, it } from 'vitest'
import type { ModelPart } from '../../server/model/port.ts'
import { ToolError } from '../../server/tools/tool.ts'
import { CountingTool } from '../kit/counting-tool.ts'
import { calls, say, stop, TurnHouse, toolParts, wish } from '../kit/turn-house.ts'

const reader = () => new CountingTool('look', { effect: 'read', replay: 'safe' })
const keyed = () => new CountingTool('book', { effect: 'write', replay: 'keyed' })
const unsafe = () => new CountingTool('mail', { effect: 'write', replay: 'unsafe' })

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
