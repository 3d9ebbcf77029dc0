import { withAttached } from '@colloquy/shared/attachments'
import { describe, expect, it } from 'vitest'
import { offlineAnswer } from './offline-answer.ts'
import type { ModelCall, ModelMessage, ModelToolResult } from './port.ts'

const TOOL = { name: 'resource.read', description: 'reads', input: {} }
const report = { id: 'report-1', title: 'report.pdf' }

function asked(words: string, attached = [report], after: ModelMessage[] = [], tools = [TOOL]): ModelCall {
  const from = { id: 'ann', name: 'Ann', seq: 1 }
  const question: ModelMessage = { role: 'user', text: withAttached(words, attached), from }
  return { model: 'offline', system: '', messages: [question, ...after], tools }
}
function after(...results: Pick<ModelToolResult, 'outcome' | 'output'>[]): ModelMessage[] {
  const named = results.map((result, i) => ({ callId: `c${i}`, tool: 'resource.read', ...result }))
  return [
    { role: 'assistant', text: '', calls: named.map(({ callId, tool }) => ({ callId, tool, args: {} })) },
    { role: 'tool', results: named },
  ]
}
const page = (title: string, text: string) => ({
  outcome: 'ok' as const,
  output: JSON.stringify({ id: 'x', title, text, length: text.length }),
})

describe('what is attached to a question', () => {
  it('[GR26] is read with the tool that is offered for it', () => {
    const two = [report, { id: 'plan-2', title: 'plan.txt' }]
    expect(offlineAnswer(asked('What is the budget?', two))).toEqual({
      text: '',
      calls: [
        { tool: 'resource.read', args: { id: 'report-1' } },
        { tool: 'resource.read', args: { id: 'plan-2' } },
      ],
    })
    expect(offlineAnswer(asked('What is the budget?', two, [], [])).calls).toBeUndefined()
  })

  it('[GR26] is told by title, length, first lines, and lines near to the question', () => {
    const text = 'Plan of the year\n\nOne\nTwo\nThree\nThe budget is *40* boxes\nEnd'
    const call = asked('What is the Budget?', [report], after(page('report.pdf', text)))
    const said = offlineAnswer(call).text
    expect(said).toContain(`**report.pdf** has ${text.length} characters. It begins:`)
    expect(said).toContain('> Plan of the year\n>\n> One\n>\n> Two')
    expect(said).toContain('Closest to the question:\n\n- The budget is \\*40\\* boxes')
    expect(offlineAnswer(call)).toEqual({ text: said })
  })

  it('[GR26] is named where it could not be read', () => {
    const call = asked('', [report], after({ outcome: 'error', output: 'There is no such resource.' }))
    expect(offlineAnswer(call).text).toBe('I could not read “report.pdf”: “There is no such resource.”')
    const cut = asked('', [report], after({ outcome: 'ok', output: '{"title":"repo' }))
    expect(offlineAnswer(cut).text).toContain('I could not read “report.pdf”')
  })

  it('[GR26] beyond eight is counted', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ id: `r-${i}`, title: `${i}` }))
    expect(offlineAnswer(asked('', many)).calls).toHaveLength(8)
    const results = many.slice(0, 8).map(({ title }) => page(title, 'text'))
    expect(offlineAnswer(asked('', many, after(...results))).text).toContain('12 more are attached')
  })

  it('[GR26] leaves a plan of calls what it is', () => {
    const call = asked('/tool resource.read {"id":"plan-2"}')
    expect(offlineAnswer(call).calls).toEqual([{ tool: 'resource.read', args: { id: 'plan-2' } }])
  })
})
