import { ToolError } from '../tool.ts'

/** Where a page can say something, the most formal first. */
export const SOURCES = ['json', 'json-ld', 'microdata', 'meta', 'dl', 'table', 'text', 'title'] as const
export type Source = (typeof SOURCES)[number]

/** Something that a page says under a name. */
export interface Fact {
  readonly source: Source
  /** Its names, made comparable, outermost first. */
  readonly path: readonly string[]
  /** As it stands there: JSON, or the text on the page. */
  readonly value: unknown
}

/** More than any page for people holds; past it, what looks unambiguous may not be. */
const FACTS = 50_000

/** Collects what a page says. @throws ToolError when that is too much to compare */
export class Facts {
  readonly all: Fact[] = []

  add(source: Source, path: readonly string[], value: unknown): void {
    if (path.at(-1) === '') return
    if (this.all.length === FACTS) throw new ToolError('The page holds too much data to extract from.')
    this.all.push({ source, path, value })
  }
}

/** A name without what writers differ in: `Unit price`, `unit_price` and `unitPrice` are one. */
export function comparable(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}
