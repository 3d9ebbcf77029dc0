import { cutText } from './cut-text.ts'
import { type Extraction, extract } from './extract.ts'
import { jsonFacts } from './extract-json.ts'
import type { Wanted } from './extract-schema.ts'
import { textFacts } from './extract-text.ts'
import type { PageType } from './media-type.ts'
import { decodePage, type PageText, tidy } from './page-text.ts'

/** A body to read, and what to look for in it. */
export interface PageJob {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly type: PageType
  /** Where it came from: what its links are relative to. */
  readonly url: string
  /** Characters of text to return. */
  readonly textLength: number
  readonly wanted: readonly Wanted[] | null
  /** False for a page that was too complex to format: its text as it is, line by line. */
  readonly formatted: boolean
}

export interface PageReading {
  readonly title?: string
  readonly text: string
  /** Characters of the whole text. */
  readonly length: number
  readonly extraction?: Extraction
}

const TITLE_LENGTH = 300

/**
 * A page as text. Takes what time and memory the page makes it take: to be run where that can be bounded.
 * @throws ToolError for a page that cannot be read
 */
export function readPage(job: PageJob): Promise<PageReading> {
  const { kind, text } = decodePage(job.bytes, job.type)
  return kind === 'html' ? htmlReading(text, job) : Promise.resolve(textReading(kind, text, job))
}

async function htmlReading(html: string, job: PageJob): Promise<PageReading> {
  // Its libraries are most of what a thread has to load, and other pages need none of them.
  const { readHtml } = await import('./read-html.ts')
  const { title, text, facts } = await readHtml(html, job)
  const line = oneLine(title.slice(0, 10 * TITLE_LENGTH))
  return {
    ...(line !== '' && { title: cutText(line, TITLE_LENGTH) }),
    ...shown(text, job.textLength),
    ...(job.wanted && { extraction: extract(job.wanted, facts()) }),
  }
}

function oneLine(text: string): string {
  return tidy(text).replace(/\s+/g, ' ').trim()
}

function textReading(kind: PageText['kind'], text: string, job: PageJob): PageReading {
  const json = kind === 'json' ? parsed(text) : undefined
  const facts = () => (json === undefined ? textFacts(text.split('\n')) : jsonFacts(json.value))
  return {
    ...shown(json !== undefined && job.formatted ? indented(json.value, text) : text, job.textLength),
    ...(job.wanted && { extraction: extract(job.wanted, facts()) }),
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined // Cut, or not what its sender says: it is text all the same.
  }
}

function indented(value: unknown, text: string): string {
  try {
    return JSON.stringify(value, null, 2)
  } catch {
    return text // Nested so deep that the indentation alone would be too long.
  }
}

function shown(text: string, textLength: number): { text: string; length: number } {
  const whole = tidy(text).trim()
  return { text: cutText(whole, textLength), length: whole.length }
}
