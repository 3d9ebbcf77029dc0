import { ColloquyError } from '@colloquy/client'
import { TEXT_BYTES } from '../../panel/resource-text.ts'
import { codeOf, sentenceFor } from '../../parts/refusals.ts'

// Why a file cannot be attached, in a sentence.

const PDF_BYTES = 10 * 1024 * 1024
const TOO_LARGE = 'Too large: a text may have 1 MB, a PDF 10 MB.'
const NO_TEXT_FILE = 'Only texts and PDFs can be attached.'
export const INTERRUPTED = 'The page was closed before this had got to the server. Attach it again.'

const UNREADABLE: Readonly<Record<string, string>> = {
  BROKEN: 'This file is damaged, or no PDF.',
  ENCRYPTED: 'This PDF is locked with a password.',
  NO_TEXT: 'This PDF has no text, only pictures of pages.',
  TOO_COMPLEX: 'This PDF is too complex to read.',
  TOO_MANY_PAGES: 'This PDF has more than 2,000 pages.',
}
/** Another try ends no other way. */
const FOR_GOOD = new Set(['UNREADABLE_FILE', 'TOO_LARGE', 'MALFORMED', 'FORBIDDEN', 'NOT_FOUND'])

/** What is not even sent: it may be a film. Null: nothing against it. */
export function sizeProblem({ name, type, size }: Pick<File, 'name' | 'type' | 'size'>): string | null {
  if (/^(?:image|audio|video|font)\//.test(type)) return NO_TEXT_FILE
  const isPdf = type === 'application/pdf' || /\.pdf$/i.test(name)
  return size > (isPdf ? PDF_BYTES : TEXT_BYTES) ? TOO_LARGE : null
}

export function problemOf(error: unknown): { problem: string; retriable: boolean } {
  const code = codeOf(error)
  return { problem: wordsFor(code, error), retriable: !FOR_GOOD.has(code) }
}

function wordsFor(code: string, error: unknown): string {
  if (code === 'TOO_LARGE') return TOO_LARGE
  if (code === 'MALFORMED') return NO_TEXT_FILE
  if (code === 'UNREADABLE_FILE') return UNREADABLE[whyOf(error)] ?? UNREADABLE.BROKEN ?? code
  return sentenceFor(code)
}

function whyOf(error: unknown): string {
  const details = error instanceof ColloquyError ? error.details : null
  return typeof details === 'object' && details !== null && 'why' in details ? String(details.why) : ''
}
