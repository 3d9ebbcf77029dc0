import type { NewResource, Resource } from '@colloquy/client/team'
import { EVERYONE } from '@colloquy/shared/audience'
import { readersOf, type Who } from '../audience/reader-words.ts'

export type Format = NonNullable<NewResource['format']>

/** UTF-8 bytes of one resource. */
export const TEXT_BYTES = 1024 * 1024
const NAME_LENGTH = 60

export const FORMATS: readonly { value: Format; label: string; ending: RegExp }[] = [
  { value: 'text', label: 'Text', ending: /\.(?:txt|text|log)$/i },
  { value: 'markdown', label: 'Markdown', ending: /\.(?:md|markdown)$/i },
  { value: 'csv', label: 'CSV', ending: /\.(?:csv|tsv)$/i },
  { value: 'json', label: 'JSON', ending: /\.json$/i },
]

/** What a file's name says about it. */
export function describeFile(name: string): { title: string; format: Format } {
  const found = FORMATS.find(({ ending }) => ending.test(name))
  return {
    title: (found ? name.replace(found.ending, '') : name).trim() || name,
    format: found?.value ?? 'text',
  }
}

/** The name under which a person puts a resource, unlike those they have put before. */
export function nameFor(title: string, taken: (name: string) => boolean): string {
  const words = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const base =
    words
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .slice(0, NAME_LENGTH)
      .replace(/^-+|-+$/g, '') || 'resource'
  let name = base
  for (let n = 2; taken(name); n++) name = `${base}-${n}`
  return name
}

/** Why a text cannot be put; null: it can. */
export function problemOf(text: string, format: Format): string | null {
  const bytes = new TextEncoder().encode(text).length
  if (text.trim() === '') return null
  if (bytes > TEXT_BYTES) return `Too long: ${(bytes / TEXT_BYTES).toFixed(1)} MB of at most 1 MB.`
  // Control characters are no text; `\uFFFD` stands where a file's bytes were none.
  if (/[^\P{Cc}\t\n\f\r]|\uFFFD/u.test(text)) return 'This is not text.'
  if (format === 'json' && !isJson(text)) return 'This is no valid JSON.'
  return null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Who reads it, and whether that is everyone whom it could be. */
export function resourceReaders(
  { audience, sessionId }: Pick<Resource, 'audience' | 'sessionId'>,
  who: Who,
): { words: string; open: boolean } {
  if (audience !== EVERYONE) return { words: readersOf(audience, who), open: false }
  return { words: `Everyone in the ${sessionId === undefined ? 'workspace' : 'session'}`, open: true }
}

const counts = new Intl.NumberFormat()

/** How long a text is. */
export function lengthWords(length: number): string {
  if (length < 10_000) return `${counts.format(length)} characters`
  return `${counts.format(Math.round(length / 1_000))}k characters`
}
