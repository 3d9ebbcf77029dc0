// Enough colour to find one's way in a snippet: comments, strings, numbers, keywords. A real grammar would weigh
// more than the rest of the page.

export interface Piece {
  text: string
  kind: 'comment' | 'string' | 'number' | 'keyword' | null
}

const SLASHES = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/
const HASH = /#[^\n]*/
const DASHES = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/
const NONE = /(?!)/

const FAMILIES: readonly [names: string, comment: RegExp][] = [
  [
    'js jsx ts tsx javascript typescript java kotlin swift c cpp c++ csharp cs go rust rs php scala dart css scss',
    SLASHES,
  ],
  ['py python sh bash shell zsh console rb ruby yaml yml toml dockerfile r perl elixir make', HASH],
  ['sql postgres postgresql mysql sqlite lua haskell', DASHES],
  ['json jsonc', NONE],
]
const COMMENTS = new Map(
  FAMILIES.flatMap(([names, comment]) => names.split(' ').map((name) => [name, comment])),
)

const KEYWORDS = (
  'abstract and as async await begin break case catch class const continue create def default delete desc do ' +
  'done else elif end enum except export extends false fi final finally fn for from func function go group if impl ' +
  'implements import in insert interface into is join lambda left let limit match mod mut new nil none not null ' +
  'of on or order package pass private protected pub public raise return select self set static struct super ' +
  'switch table then this throw trait true try type typeof undefined union update use using values var void when ' +
  'where while with yield by inner outer having alter drop index primary key'
).split(' ')
const KEYWORD = new Set(KEYWORDS)

const STRING = /"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`(?:\\.|[^`\\])*`?/
const NUMBER = /\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b/
const WORD = /[A-Za-z_$][\w$]*/

const scanners = new Map<RegExp, RegExp>()

/** Past this length colour costs more than it helps. */
const MOST = 20_000

export function highlight(code: string, language: string): readonly Piece[] {
  const lang = language.toLowerCase()
  const comment = COMMENTS.get(lang)
  if (!comment || code.length > MOST) return [{ text: code, kind: null }]
  const pieces: Piece[] = []
  let plain = ''
  const add = (text: string, kind: Piece['kind']) => {
    if (kind === null) {
      plain += text
      return
    }
    if (plain !== '') pieces.push({ text: plain, kind: null })
    plain = ''
    pieces.push({ text, kind })
  }
  let at = 0
  for (const match of code.matchAll(scannerFor(comment))) {
    add(code.slice(at, match.index), null)
    add(match[0], kindOf(match))
    at = match.index + match[0].length
  }
  add(code.slice(at), null)
  if (plain !== '') pieces.push({ text: plain, kind: null })
  return pieces
}

function scannerFor(comment: RegExp): RegExp {
  const known = scanners.get(comment)
  if (known) return known
  const sources = [comment, STRING, NUMBER, WORD].map(({ source }) => `(${source})`)
  const scanner = new RegExp(sources.join('|'), 'g')
  scanners.set(comment, scanner)
  return scanner
}

function kindOf([, comment, string, number, word]: RegExpExecArray): Piece['kind'] {
  if (comment !== undefined) return 'comment'
  if (string !== undefined) return 'string'
  if (number !== undefined) return 'number'
  return word !== undefined && KEYWORD.has(word.toLowerCase()) ? 'keyword' : null
}
