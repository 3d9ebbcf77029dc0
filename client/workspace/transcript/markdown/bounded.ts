import { Tokenizer, type Tokens } from 'marked'

/** Deeper than anybody writes; what is nested further is read as text. */
const DEEPEST = 32
/** More rows of a table are read and drawn when they are asked for. */
export const MOST_ROWS = 100
/** Characters that may be looked through, all in all, for the ends of what is emphasised: that goes with their square. */
const MOST_LOOKED_THROUGH = 300_000

/** No word: what could be in an address of mail, which is looked for from each of its characters on. */
const UNBROKEN = /^[\w.!#$%&'*+/=?^`{|}~-]{1000,}/

/** Reads what somebody wrote to keep the page busy, or to have it run out of stack, in as little time as all else. */
export class Bounded extends Tokenizer {
  #depth = 0
  #lookedThrough = 0

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#deeper(() => super.blockquote(src))
  }

  override list(src: string): Tokens.List | undefined {
    return this.#deeper(() => super.list(src))
  }

  override table(src: string): Tokens.Table | undefined {
    const { inlineQueue } = this.lexer
    const before = inlineQueue.length
    const table = super.table(src)
    if (table && table.rows.length > MOST_ROWS) {
      inlineQueue.length = before + table.header.length * (1 + MOST_ROWS)
    }
    return table
  }

  override emStrong(src: string, masked: string, before?: string): Tokens.Em | Tokens.Strong | undefined {
    this.#lookedThrough += src.length
    if (this.#lookedThrough > MOST_LOOKED_THROUGH) return undefined
    return this.#deeper(() => super.emStrong(src, masked, before))
  }

  override inlineText(src: string): Tokens.Text | undefined {
    const [raw] = UNBROKEN.exec(src) ?? []
    return raw === undefined ? super.inlineText(src) : { type: 'text', raw, text: raw, escaped: false }
  }

  #deeper<T>(read: () => T | undefined): T | undefined {
    if (this.#depth >= DEEPEST) return undefined
    this.#depth++
    try {
      return read()
    } finally {
      this.#depth--
    }
  }
}
