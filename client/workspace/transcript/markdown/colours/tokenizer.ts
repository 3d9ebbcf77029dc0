import {
  codeToTokensBase,
  createCssVariablesTheme,
  createShikiPrimitive,
  type GrammarState,
  getLastGrammarState,
  type ThemedToken,
} from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import type { Language } from './languages.ts'
import type { Grammar, Job, Line, Piece } from './protocol.ts'

/** A longer line stays plain: some expressions of grammars take time that grows with its square, or worse. */
const LONGEST_LINE = 1_000

// Only colours: letters that become bold or slanted would move what stands behind them.
const theme = createCssVariablesTheme({ variablePrefix: '--code-', fontStyle: false })
const PLAIN = 'var(--code-foreground)'

/** Finds the colours of code, a few lines at a time, each time going on where the text before ended. */
export class Tokenizer {
  readonly #shiki = createShikiPrimitive({
    themes: [theme],
    langs: [],
    // What this engine cannot read of a grammar is skipped.
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  })
  readonly #names = new Map<Language, string>()
  readonly #states = new Map<number, GrammarState>()

  learn(language: Language, grammar: Grammar): void {
    this.#shiki.loadLanguageSync(grammar)
    this.#names.set(language, grammar.at(-1)?.name ?? language)
  }

  /** The lines of the job's text, in a language that was learnt. */
  lines({ block, language, text, more }: Job): Line[] {
    const grammarState = this.#states.get(block)
    const tokens = codeToTokensBase(this.#shiki, text, {
      lang: this.#names.get(language) ?? '',
      theme: theme.name ?? '',
      tokenizeMaxLineLength: LONGEST_LINE,
      // The worker as a whole has one; half a line with colours would have those behind it wrong.
      tokenizeTimeLimit: 0,
      ...(grammarState ? { grammarState } : {}),
    })
    const state = getLastGrammarState(this.#shiki, tokens)
    if (more && state) this.#states.set(block, state)
    else this.#states.delete(block)
    return tokens.map(lineOf)
  }

  /** Nothing more of the block comes. */
  forget(block: number): void {
    this.#states.delete(block)
  }
}

/** Neighbours of one colour are one piece, and white space has none. */
function lineOf(tokens: readonly ThemedToken[]): Line {
  const pieces: Piece[] = []
  for (const { content, color } of tokens) {
    const colour = color === undefined || color === '' || color === PLAIN ? null : color
    const last = pieces.at(-1)
    if (last && (last[1] === colour || content.trim() === '')) last[0] += content
    else pieces.push([content, colour])
  }
  return pieces
}
