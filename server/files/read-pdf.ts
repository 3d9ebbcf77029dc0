import { ColloquyError } from '@colloquy/shared'
import { getDocumentProxy } from 'unpdf'

/** Pages that are read of one file; more are a book. */
const MOST_PAGES = 2_000

/** Why a file gives no text. */
export type Unreadable = 'BROKEN' | 'ENCRYPTED' | 'NO_TEXT' | 'TOO_COMPLEX' | 'TOO_MANY_PAGES'

const WORDS: Readonly<Record<Unreadable, string>> = {
  BROKEN: 'The file is damaged, or no PDF.',
  ENCRYPTED: 'The PDF is locked with a password.',
  NO_TEXT: 'The PDF has no text: only pictures of pages.',
  TOO_COMPLEX: 'The PDF is too complex to read.',
  TOO_MANY_PAGES: `The PDF has more than ${MOST_PAGES} pages.`,
}

export function unreadable(why: Unreadable): ColloquyError {
  return new ColloquyError('UNREADABLE_FILE', WORDS[why], { why })
}

/**
 * The text of a PDF, page after page, an empty line between two. Nothing of it is run and nothing is loaded from
 * elsewhere.
 * @param most UTF-8 bytes of text
 * @throws ColloquyError `UNREADABLE_FILE` with `why`, `TOO_LARGE`
 */
export async function readPdf(bytes: Uint8Array, most: number): Promise<string> {
  const pdf = await open(bytes)
  if (pdf.numPages > MOST_PAGES) throw unreadable('TOO_MANY_PAGES')
  const pages: string[] = []
  let size = 0
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number).catch(broken)
    const { items } = await page.getTextContent().catch(broken)
    const text = textOf(items)
    page.cleanup()
    if (text === '') continue
    pages.push(text)
    size += Buffer.byteLength(text) + 2
    if (size > most) throw new ColloquyError('TOO_LARGE', 'The PDF has too much text.', { limit: most })
  }
  if (pages.length === 0) throw unreadable('NO_TEXT')
  return pages.join('\n\n')
}

function open(bytes: Uint8Array) {
  return getDocumentProxy(bytes, {
    ...{ disableFontFace: true, useSystemFonts: false, useWorkerFetch: false, enableXfa: false },
    ...{ verbosity: 0 },
  }).catch((error: unknown) => {
    throw unreadable(error instanceof Error && error.name === 'PasswordException' ? 'ENCRYPTED' : 'BROKEN')
  })
}

function broken(): never {
  throw unreadable('BROKEN')
}

type Item = { str: string; hasEOL: boolean } | object

/** As the page has it, without what no text may hold. */
function textOf(items: readonly Item[]): string {
  const whole = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('')
  return whole
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n]/gu, '')
    .trim()
}
