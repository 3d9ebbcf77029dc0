import type { ExportAnswer } from '@colloquy/shared/answers'

type Exported = ExportAnswer['messages'][number]

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
  const text = parts.map((part) => part.text).join('')
  return [`## ${role === 'user' ? author : `Assistant, to ${author}`}`, facts, body(text, metadata)]
}

function ending({ status, reason }: Exported['metadata']): string[] {
  if (status === 'done') return []
  return [literal(reason === undefined ? status : `${status}: ${reason}`)]
}

function body(text: string, { retractedAt }: Exported['metadata']): string {
  if (retractedAt !== undefined) return `*Taken back ${time(retractedAt)}.*`
  return text === '' ? '*No text.*' : fenced(text)
}

function fenced(text: string): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2)
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
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
