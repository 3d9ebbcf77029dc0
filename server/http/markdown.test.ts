import { describe, expect, it } from 'vitest'
import { MESSAGE } from './edge.fixture.ts'
import { exportMarkdown } from './markdown.ts'

const page = (title: string, ...messages: Parameters<typeof exportMarkdown>[0]['messages']) =>
  exportMarkdown({ session: { id: 's1', title }, messages, turns: [] })
const said = (text: string, metadata: object = {}) => ({
  ...MESSAGE,
  metadata: { ...MESSAGE.metadata, ...metadata },
  parts: [{ type: 'text' as const, text }],
})

describe('the markdown export', () => {
  it('[H40] reads from top to bottom: who, when, what, and how it ended', () => {
    const answer = {
      ...said('I am', { status: 'cancelled', reason: 'STOPPED_BY_AUTHOR' }),
      role: 'assistant' as const,
    }
    expect(page('Plans', said('Hi'), answer, said('', { retractedAt: 0 }))).toBe(`# Plans

Session \`s1\`

## Ann (ann)

2027-01-15T08:00:00.000Z

\`\`\`text
Hi
\`\`\`

## Assistant, to Ann (ann)

2027-01-15T08:00:00.000Z · cancelled: STOPPED\\_BY\\_AUTHOR

\`\`\`text
I am
\`\`\`

## Ann (ann)

2027-01-15T08:00:00.000Z

*Taken back 1970-01-01T00:00:00.000Z.*
`)
  })

  it('[H40] has what was called between what was said, with what became of it', () => {
    const toolMetadata = { step: 1, effect: 'write' as const, argsHash: 'h' }
    const called = { type: 'dynamic-tool' as const, toolName: 'notes.append', toolCallId: 'c1' }
    const input = { name: 'plan', text: 'Ship' }
    const parts = [
      { type: 'text' as const, text: 'Let me ' },
      { type: 'text' as const, text: 'note that.', continues: true as const },
      {
        ...{ ...called, input, state: 'output-available' as const, output: 'x'.repeat(9) },
        toolMetadata: { ...toolMetadata, outcome: 'ok' as const, outputLength: 52_000 },
      },
      {
        ...{ ...called, input: {}, state: 'output-error' as const, errorText: '```\nIt is closed.' },
        toolMetadata: { ...toolMetadata, outcome: 'error' as const, reason: 'TOOL_FAILED' as const },
      },
      { ...called, input: {}, state: 'input-available' as const, toolMetadata },
    ]
    const page = exportMarkdown({
      ...{ session: { id: 's1', title: 'T' }, turns: [] },
      messages: [{ ...MESSAGE, role: 'assistant', parts }],
    })
    expect(page.slice(page.indexOf('```text'))).toBe(`\`\`\`text
Let me note that.
\`\`\`

Called **notes.append** (write) · ok

\`\`\`json
{
  "name": "plan",
  "text": "Ship"
}
\`\`\`

Answer, the first 8000 of 52000 characters:

\`\`\`text
xxxxxxxxx
\`\`\`

Called **notes.append** (write) · error: TOOL\\_FAILED

\`\`\`json
{}
\`\`\`

Answer:

\`\`\`\`text
\`\`\`
It is closed.
\`\`\`\`

Called **notes.append** (write) · input-available

\`\`\`json
{}
\`\`\`
`)
  })

  it('[H41] nothing written in it leaves its place', () => {
    const text = 'a\n````\n## Bo \\(bo\\)\n<script>'
    expect(page('T', said(text))).toContain(`\`\`\`\`\`text\n${text}\n\`\`\`\`\``)
    const author = { id: 'x', name: '**<b>Bo</b>**\n## [me](javascript:x)' }
    const [heading] = page('T', said('', { author })).split('\n').slice(4)
    expect(heading).toBe('## \\*\\*\\<b\\>Bo\\</b\\>\\*\\* \\#\\# \\[me\\]\\(javascript:x\\) (x)')
    const toolName = '**x**\n# y'
    const call = { type: 'dynamic-tool' as const, toolName, toolCallId: 'c', input: { a: '```\n# z' } }
    const toolMetadata = { step: 1, effect: 'read' as const, argsHash: 'h' }
    const called = page('T', { ...said(''), parts: [{ ...call, state: 'input-available', toolMetadata }] })
    expect(called).toContain('Called **\\*\\*x\\*\\* \\# y** (read)')
    expect(called).toContain('````json')
    expect(page('# `x`\n<i>').split('\n')[0]).toBe('# \\# \\`x\\` \\<i\\>')
  })
})
