import { describe, expect, it } from 'vitest'
import { ToolError } from '../../server/tools/tool.ts'
import { CountingTool } from '../kit/counting-tool.ts'
import { calls, say, stop, TurnHouse, toolParts, wish } from '../kit/turn-house.ts'

/** How somebody loses the right to a call of `acts` that was sent. */
const LOSSES = {
  'their grant': async (at: TurnHouse) => {
    at.withheld.add('acts ana')
  },
  'the tool, for all of the session': async (at: TurnHouse) => {
    await at.act('ana', { type: 'policy.set', withoutTools: ['acts'] })
  },
  'readers of what it consults': async (at: TurnHouse) => {
    for (const tool of at.tools) tool.readers = ['ana']
  },
}

function acting(parts: Partial<CountingTool>) {
  return new CountingTool('acts', { effect: 'write', replay: 'keyed', ...parts })
}

/** A call of ana's whose answer was lost, and after which she lost the right to it. */
async function lost(tool: CountingTool, loss: keyof typeof LOSSES, byCrash: boolean) {
  const at = await TurnHouse.start([tool])
  tool.answer = async () => {
    if (byCrash) return new Promise(() => undefined)
    throw new ToolError('The line was cut.', { uncertain: true })
  }
  await at.ask('ana', 'act', [
    [wish('acts'), calls],
    [say('done'), stop],
  ])
  await at.until(() => tool.runs.length === 1)
  await LOSSES[loss](at)
  tool.answer = async () => ({ secret: 1 })
  if (byCrash) await at.restart()
  await at.later(5_000)
  await at.ended()
  return { at, part: toolParts(at.messages()[1])[0] }
}

describe('a call that is sent again', () => {
  for (const loss of Object.keys(LOSSES) as (keyof typeof LOSSES)[]) {
    it(`[LR26] is not, once its author has lost ${loss}: of a write nobody knows, a read is refused`, async () => {
      for (const byCrash of [false, true]) {
        const write = acting({})
        expect((await lost(write, loss, byCrash)).part?.toolMetadata).toMatchObject({ outcome: 'unknown' })
        const read = acting({ effect: 'read', replay: 'safe' })
        const { part } = await lost(read, loss, byCrash)
        expect(['denied', 'error']).toContain(part?.toolMetadata.outcome)
        expect(['NOT_GRANTED', 'TOOL_UNKNOWN', 'AUDIENCE_NARROWER']).toContain(part?.toolMetadata.reason)
        expect([write.runs.length, read.runs.length]).toEqual([1, 1])
      }
    })

    it(`[LR26] nor is its tool asked what became of it, once its author has lost ${loss}`, async () => {
      for (const byCrash of [false, true]) {
        let probes = 0
        const probe = async () => {
          probes++
          return null
        }
        const tool = acting({ replay: 'unsafe', probe })
        expect((await lost(tool, loss, byCrash)).part?.toolMetadata).toMatchObject({ outcome: 'unknown' })
        expect([tool.runs.length, probes]).toEqual([1, 0])
      }
    })
  }

  it('[LR26] rights are asked once more when a probe has found that it had not happened', async () => {
    const tool = acting({ replay: 'unsafe' })
    const at = await TurnHouse.start([tool])
    tool.answer = async () => new Promise(() => undefined)
    tool.probe = async () => {
      at.withheld.add('acts ana')
      return null
    }
    await at.ask('ana', 'act', [
      [wish('acts'), calls],
      [say('done'), stop],
    ])
    await at.until(() => tool.runs.length === 1)
    await at.restart()
    await at.ended()
    expect(toolParts(at.messages()[1])[0]?.toolMetadata).toMatchObject({ outcome: 'unknown' })
    expect(tool.runs).toHaveLength(1)
  })
})
