import { SHOWN_RESULT_LENGTH } from '@colloquy/shared'
import type { ExportAnswer } from '@colloquy/shared/answers'

type Exported = ExportAnswer['messages'][number]
type Part = Exported['parts'][number]
type Call = Extract<Part, { type: 'dynamic-tool' }>

/**
 * An export as a page to read. What people and models wrote stands in fences longer than any run of backticks
 * in it, so that no message can pretend to be another, nor bring markup of its own.
 */
export function exportMarkdown({ session, messages }: ExportAnswer): string {
  const head = [`# ${literal(session.title)}`, `Session \`${session.id}\``]
  return `${[...head, ...messages.flatMap(section)].join('\n\n')}\n`
}

function section({ role, metadata, parts }: Exported): string[] {
  const author = `${literal(metadata.author.name)} (${literal(metadata.author.id)})`
  const facts = [time(metadata.at), ...ending(metadata)].join(' · ')
  return [`## ${role === 'user' ? author : `Assistant, to ${author}`}`, facts, ...body(parts, metadata)]
}

function ending({ status, reason }: Exported['metadata']): string[] {
  if (status === 'done') return []
  return [literal(reason === undefined ? status : `${status}: ${reason}`)]
}

function body(parts: readonly Part[], { retractedAt }: Exported['metadata']): string[] {
  if (retractedAt !== undefined) return [`*Taken back ${time(retractedAt)}.*`]
  const blocks = joined(parts).flatMap((part) => {
    if (part.type === 'dynamic-tool') return call(part)
    return part.text === '' ? [] : [fenced(part.text)]
  })
  return blocks.length === 0 ? ['*No text.*'] : blocks
}

/** A long text lies in several parts that follow one another. */
function joined(parts: readonly Part[]): Part[] {
  const texts: Part[] = []
  for (const part of parts) {
    const last = texts.at(-1)
    if (part.type === 'text' && last?.type === 'text') {
      texts[texts.length - 1] = { ...last, text: last.text + part.text }
    } else texts.push(part)
  }
  return texts
}

/** A tool call: what was called, what became of it, its arguments, and what came back as far as it is shown. */
function call(part: Call): string[] {
  const { effect, outcome, reason, outputLength = 0 } = part.toolMetadata
  const end = [outcome ?? part.state, reason].filter((word) => word !== undefined).join(': ')
  const cut = outputLength > SHOWN_RESULT_LENGTH
  const length = cut ? `, the first ${SHOWN_RESULT_LENGTH} of ${outputLength} characters` : ''
  const came = resultOf(part)
  return [
    `Called **${literal(part.toolName)}** (${effect}) · ${literal(end)}`,
    fenced(json(part.input), 'json'),
    ...(came === undefined ? [] : [`Answer${length}:`, fenced(came)]),
  ]
}

function resultOf({ output, errorText, approval }: Call): string | undefined {
  if (output === undefined) return errorText ?? approval?.reason
  return typeof output === 'string' ? output : json(output)
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? 'null'
}

function fenced(text: string, language = 'text'): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2)
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

function time(ms: number): string {
  return new Date(ms).toISOString()
}

/** One line of plain text: nothing in it is markup. */
function literal(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\\`*_{}[\]()<>#|~!&$]/g, (mark) => `\\${mark}`)
}
