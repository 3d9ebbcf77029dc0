import { Lexer, type Links, type Token, type Tokens } from 'marked'
import { Bounded } from './bounded.ts'

const newLexer = () => new Lexer({ gfm: true, breaks: false, tokenizer: new Bounded() })
/** Characters that turn the order of what follows: in code they show something else than what would run. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g
const NO_LINKS: Links = {}

export interface Blocks {
  /** Source of each top-level block, in order. */
  blocks: readonly string[]
  /** Link definitions, which count for all blocks. */
  links: Links
}

/** Splits a growing text into blocks, reading again only from where more text may change something. */
export class BlockSplitter {
  #final: string[] = []
  #finalText = ''
  /** Link definitions in the final blocks. */
  #finalLinks = NO_LINKS
  #last: { text: string; result: Blocks } | null = null

  split(source: string): Blocks {
    if (this.#last?.text === source) return this.#last.result
    const text = source.replace(/\r\n?/g, '\n').replace(TURNS, '')
    if (!text.startsWith(this.#finalText)) {
      this.#restart()
    }
    const lexer = newLexer()
    const tokens = lexer.blockTokens(text.slice(this.#finalText.length), [])
    const blocks = [...this.#final]
    let consumed = this.#finalText
    // The last block that is no blank line may still grow, turn into a table, or swallow what follows.
    const last = tokens.findLastIndex((token) => token.type !== 'space')
    const before = tokens.findLastIndex((token, i) => i < last && token.type !== 'space')
    // A number behind a list may become its next item.
    const goesOn = tokens[before]?.type === 'list' && /^\s*\d{1,9}$/.test(tokens[last]?.raw ?? '')
    const lastOpen = goesOn ? before : last
    for (const [i, token] of tokens.entries()) {
      if (i < lastOpen) {
        consumed += token.raw
        if (token.type === 'def') this.#finalLinks = withLink(this.#finalLinks, token as Tokens.Def)
      }
      if (token.type === 'space' || token.type === 'def') continue
      blocks.push(token.raw)
      if (i < lastOpen) this.#final.push(token.raw)
    }
    // Tabs and the like are read as other characters: then nothing is kept, and all is read again.
    if (text.startsWith(consumed)) this.#finalText = consumed
    else this.#restart()
    // The same object as long as no link was added: other links are another drawing of every block.
    const open = Object.entries(lexer.tokens.links).filter(([tag]) => !Object.hasOwn(this.#finalLinks, tag))
    const links = open.length > 0 ? { ...Object.fromEntries(open), ...this.#finalLinks } : this.#finalLinks
    const result = { blocks, links }
    this.#last = { text: source, result }
    return result
  }

  #restart(): void {
    this.#final = []
    this.#finalText = ''
    this.#finalLinks = NO_LINKS
  }
}

/** The first definition of a name counts. */
function withLink(links: Links, { tag, href, title }: Tokens.Def): Links {
  return Object.hasOwn(links, tag) ? links : { ...links, [tag]: { href, title } }
}

/** The tokens of one block. No HTML is made of them anywhere: they become elements one by one. */
export function tokensOf(block: string, links: Links): Token[] {
  const lexer = newLexer()
  Object.assign(lexer.tokens.links, links)
  return lexer.lex(block)
}

/** The tokens of words within a block that were not read with it. */
export function inlineTokensOf(text: string): Token[] {
  return newLexer().inlineTokens(text)
}
