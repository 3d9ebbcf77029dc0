import { grammarOf } from './grammars.ts'
import { type Language, languageOf } from './languages.ts'
import { LimitedMap } from './limited-map.ts'
import { Painter } from './painter.ts'
import type { Line } from './protocol.ts'

/** What of a block of code has its colours. */
export interface Coloured {
  /** The beginning of the code that `lines` stand for: whole lines with their ends. */
  text: string
  lines: readonly Line[]
}

export const PLAIN: Coloured = { text: '', lines: [] }

/** Past these the rest of a block stays plain. */
const MOST_CHARACTERS = 50_000
const MOST_LINES = 2_000
/** Lines of one job: what comes at once is drawn at once, and must fit in a frame. */
const LINES_AT_ONCE = 80

const thePainter = new Painter(
  () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  grammarOf,
)

/** Short blocks that were coloured, so that they have their colours at once when they come into sight again. */
const known = new LimitedMap<Coloured>(200)
const keyOf = (language: Language, code: string) => `${language} ${code}`

let blocks = 0

/** Colours one block of code, which may still grow; only what is new of it is read. */
export class Colouring {
  readonly #language: Language | undefined
  readonly #changed: (coloured: Coloured) => void
  readonly #painter: Painter
  #block = ++blocks
  #coloured = PLAIN
  #code = ''
  #ended = false
  #busy = false
  #failed = false

  constructor(name: string, changed: (coloured: Coloured) => void, painter = thePainter) {
    this.#painter = painter
    this.#language = languageOf(name)
    this.#changed = changed
  }

  /** What is known of a block that has ended. */
  static known(name: string, code: string): Coloured | undefined {
    const language = languageOf(name)
    return language && known.get(keyOf(language, code))
  }

  /** `code` is all there is of it now. */
  show(code: string, ended: boolean): void {
    if (!code.startsWith(this.#coloured.text)) this.#restart()
    this.#code = code
    this.#ended = ended
    const before = ended && this.#language ? known.get(keyOf(this.#language, code)) : undefined
    if (before) this.#set(before)
    else this.#next()
  }

  /** Nothing more is wanted. */
  close(): void {
    this.#painter.forget(this.#block)
    this.#block = 0
    this.#busy = true
  }

  #restart(): void {
    this.#painter.forget(this.#block)
    this.#block = ++blocks
    this.#busy = false
    this.#set(PLAIN)
  }

  #next(): void {
    const language = this.#language
    if (!language || this.#busy || this.#failed) return
    const { text, lines } = this.#coloured
    const part = nextLines(this.#code, text.length, this.#ended, MOST_LINES - lines.length)
    if (part === '') return
    this.#busy = true
    const block = this.#block
    const end = text.length + part.length
    const job = {
      block,
      language,
      text: part.replace(/\n$/, ''),
      more: !this.#ended || end < this.#code.length,
    }
    void this.#painter.paint(job).then((more) => {
      if (block !== this.#block) return
      this.#busy = false
      if (more) this.#add(language, part, more)
      else this.#failed = true
    })
  }

  #add(language: Language, part: string, more: readonly Line[]): void {
    const coloured = { text: this.#coloured.text + part, lines: [...this.#coloured.lines, ...more] }
    this.#set(coloured)
    const all = this.#ended && coloured.text === this.#code
    // A long one would be drawn all at once.
    if (all && coloured.lines.length <= LINES_AT_ONCE) known.set(keyOf(language, this.#code), coloured)
    this.#next()
  }

  #set(coloured: Coloured): void {
    if (coloured === this.#coloured) return
    this.#coloured = coloured
    this.#changed(coloured)
  }
}

/** Whole lines of `code` from `from` on; the last one is whole when the code has ended. */
function nextLines(code: string, from: number, ended: boolean, most: number): string {
  let end = from
  for (let count = 0; count < Math.min(most, LINES_AT_ONCE); count++) {
    const at = code.indexOf('\n', end)
    const next = at >= 0 ? at + 1 : ended ? code.length : end
    if (next === end || next > MOST_CHARACTERS) break
    end = next
  }
  return code.slice(from, end)
}
