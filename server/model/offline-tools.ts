import type { ModelMessage, ModelTool, ModelToolResult } from './port.ts'

/** Calls that one step makes, or why it makes none, in words. */
export type PlannedStep = { calls: PlannedCall[] } | { problem: string }
export interface PlannedCall {
  tool: string
  args: unknown
}

/** Characters of a result that a report quotes. */
const QUOTED = 600

/**
 * What a prompt of `/tool name {json}` lines asks for: each is one call, and a line `/then` begins the next
 * step. Empty for any other prompt.
 */
export function plannedSteps(prompt: string): string[][] {
  if (!/^\s*\/tool\b/.test(prompt)) return []
  return prompt.split(/^[ \t]*\/then[ \t]*$/m).map((step) =>
    step
      .split(/^(?=[ \t]*\/tool\b)/m)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )
}

/** The calls of one step, if all of them can be made. */
export function planStep(lines: readonly string[], tools: readonly ModelTool[]): PlannedStep {
  const calls: PlannedCall[] = []
  for (const line of lines) {
    const [, name = '', json = ''] = /^\/tool\s*(\S*)\s*([\s\S]*)$/.exec(line) ?? []
    if (!tools.some((tool) => tool.name === name)) {
      const offered = tools.map((tool) => tool.name).join(', ') || 'none'
      return { problem: `No tool of that name is offered to me here. Offered: ${offered}.` }
    }
    try {
      calls.push({ tool: name, args: json === '' ? {} : JSON.parse(json) })
    } catch {
      return { problem: `The arguments for ${name} are not JSON. Write \`/tool ${name} {"key": "value"}\`.` }
    }
  }
  return calls.length > 0 ? { calls } : { problem: 'There is no call between one `/then` and the next.' }
}

/** What has come back since the question, a list for each step. */
export function resultsAfter(messages: readonly ModelMessage[], question: number): ModelToolResult[][] {
  return messages
    .slice(question + 1)
    .flatMap((message) => (message.role === 'tool' ? [[...message.results]] : []))
}

/** Each call with how it ended and the beginning of what came back. */
export function report(results: readonly ModelToolResult[]): string {
  const calls = results.map(
    ({ tool, outcome, output }) => `\`${tool}\` ended as ${outcome}:\n\n${fenced(output, outcome === 'ok')}`,
  )
  return [
    `What came back from ${results.length === 1 ? 'one call' : `${results.length} calls`}:`,
    ...calls,
  ].join('\n\n')
}

/** In a fence that the text cannot close. */
function fenced(text: string, json: boolean): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const chars = [...text]
  const shown = chars.length > QUOTED ? `${chars.slice(0, QUOTED).join('')}…` : text
  const rest = chars.length > QUOTED ? `\n\nThat is the beginning of ${chars.length} characters.` : ''
  return `${fence}${json ? 'json' : ''}\n${shown}\n${fence}${rest}`
}
