import { attachedIn } from '@colloquy/shared/attachments'
import { type PlannedCall, resultsAfter } from './offline-tools.ts'
import type { ModelCall, ModelToolResult } from './port.ts'

// What the offline model does with what is attached to a question: reads it, and says what is in it.

const READ = 'resource.read'
/** Attachments that are read; how many more there are is said. */
const MOST = 8
/** Characters of a line that is quoted. */
const LINE_LENGTH = 160
const FIRST_LINES = 3
const MATCHES = 3

export interface AboutAttached {
  text: string
  calls?: PlannedCall[]
}

/** Undefined: nothing is attached, or nothing offered that reads it. */
export function readAttached(call: ModelCall, question: string, at: number): AboutAttached | undefined {
  const { words, attached } = attachedIn(question)
  if (attached.length === 0 || !call.tools.some(({ name }) => name === READ)) return undefined
  const [results] = resultsAfter(call.messages, at)
  const read = attached.slice(0, MOST)
  if (!results) return { text: '', calls: read.map(({ id }) => ({ tool: READ, args: { id } })) }
  const told = results.map((result, i) => describe(result, read[i]?.title ?? '', words))
  const more = attached.length - read.length
  if (more > 0) told.push(`${more} more ${more === 1 ? 'is' : 'are'} attached that I have not read.`)
  return { text: told.join('\n\n') }
}

interface Page {
  title: string
  length: number
  text: string
}

function describe({ outcome, output }: ModelToolResult, title: string, question: string): string {
  const page = outcome === 'ok' ? pageIn(output) : null
  if (!page) return `I could not read ${quoted(title)}: ${quoted(output)}`
  const lines = page.text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const first = lines.slice(0, FIRST_LINES).map((line) => `> ${shown(line)}`)
  const found = closest(lines, question).map((line) => `- ${shown(line)}`)
  return [
    `**${shown(page.title)}** has ${page.length} characters. It begins:`,
    first.join('\n>\n'),
    ...(found.length > 0 ? ['Closest to the question:', found.join('\n')] : []),
  ].join('\n\n')
}

function pageIn(output: string): Page | null {
  try {
    const page: unknown = JSON.parse(output)
    return isPage(page) ? page : null
  } catch {
    // Only its beginning is here.
    return null
  }
}

function isPage(page: unknown): page is Page {
  if (typeof page !== 'object' || page === null || !('title' in page && 'length' in page && 'text' in page))
    return false
  return typeof page.title === 'string' && typeof page.length === 'number' && typeof page.text === 'string'
}

/** The lines that share most words with the question, as they stand; short words are everybody's. */
function closest(lines: readonly string[], question: string): string[] {
  const wanted = keywords(question)
  const scored = lines.map((line, at) => ({
    ...{ line, at },
    shared: [...keywords(line)].filter((word) => wanted.has(word)).length,
  }))
  return scored
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.shared - a.shared || a.at - b.at)
    .slice(0, MATCHES)
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line)
}

function keywords(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [])
}

function quoted(text: string): string {
  return `“${shown(text)}”`
}

/** The beginning of a line, as words: what Markdown would take for a sign is escaped. */
function shown(line: string): string {
  const chars = [...line.replace(/\s+/g, ' ')]
  const cut = chars.length > LINE_LENGTH ? `${chars.slice(0, LINE_LENGTH).join('')}…` : chars.join('')
  return cut.replace(/[\\`*_[\]<>#|~]/g, '\\$&')
}
