import { describe, expect, it } from 'vitest'
import { grammarOf } from './grammars.ts'
import { LANGUAGES, type Language, languageOf } from './languages.ts'
import type { Line } from './protocol.ts'
import { Tokenizer } from './tokenizer.ts'

const CODE = `// what /* is */ "this"
const a = \`one \${two} three
four\` + 'five' # six -- seven
<b class="x">{y}</b>

def f(x): return """doc
string"""
  key: value [1, 2.5e3] == null && ~/\\d+/g
`.repeat(3)

const textOf = (line: Line) => line.map(([text]) => text).join('')

function lineByLine(tokenizer: Tokenizer, language: Language, block: number): Line[] {
  const lines: Line[] = []
  for (const text of CODE.split('\n')) {
    lines.push(...tokenizer.lines({ block, language, text, more: true }))
  }
  tokenizer.forget(block)
  return lines
}

describe('the colours of code', () => {
  const tokenizer = new Tokenizer()

  it.each(LANGUAGES)(
    '[U76] %s: line by line as at once, and not a letter lost',
    async (language) => {
      tokenizer.learn(language, await grammarOf(language))
      const whole = tokenizer.lines({ block: 1, language, text: CODE, more: false })
      expect(whole.map(textOf)).toEqual(CODE.split('\n'))
      expect(lineByLine(tokenizer, language, 2)).toEqual(whole)
    },
    // A grammar of 800 kB takes seconds where others run beside it.
    20_000,
  )

  it('[U76] colours are variables of the page, and nothing else', async () => {
    tokenizer.learn('typescript', await grammarOf('typescript'))
    const lines = tokenizer.lines({ block: 1, language: 'typescript', text: CODE, more: false })
    const colours = new Set(lines.flat().map(([, colour]) => colour))
    expect(colours.size).toBeGreaterThan(4)
    for (const colour of colours) if (colour) expect(colour).toMatch(/^var\(--code-token-[a-z-]+\)$/)
  })

  it('[U76] a line that is too long stays plain, and those behind it do not', async () => {
    const long = `const x = "${'a'.repeat(5_000)}"`
    tokenizer.learn('typescript', await grammarOf('typescript'))
    const [first, second] = tokenizer.lines({
      ...{ block: 1, language: 'typescript', text: `${long}\nconst y = 1`, more: false },
    })
    expect(first).toEqual([[long, null]])
    expect(second?.length).toBeGreaterThan(1)
  })

  it('[U76] languages by the names that people write', () => {
    expect(['ts', 'TypeScript', 'sh', 'yml', 'c++', 'Dockerfile', 'rb'].map(languageOf)).toEqual([
      ...['typescript', 'typescript', 'bash', 'yaml', 'cpp', 'docker', 'ruby'],
    ])
    expect(['', 'text', 'klingon', 'constructor', '__proto__'].map(languageOf)).toEqual(
      Array(5).fill(undefined),
    )
  })
})
