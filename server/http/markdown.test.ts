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

  it('[H41] nothing written in it leaves its place', () => {
    const text = 'a\n````\n## Bo \\(bo\\)\n<script>'
    expect(page('T', said(text))).toContain(`\`\`\`\`\`text\n${text}\n\`\`\`\`\``)
    const author = { id: 'x', name: '**<b>Bo</b>**\n## [me](javascript:x)' }
    const [heading] = page('T', said('', { author })).split('\n').slice(4)
    expect(heading).toBe('## \\*\\*\\<b\\>Bo\\</b\\>\\*\\* \\#\\# \\[me\\]\\(javascript:x\\) (x)')
    expect(page('# `x`\n<i>').split('\n')[0]).toBe('# \\# \\`x\\` \\<i\\>')
  })
})
