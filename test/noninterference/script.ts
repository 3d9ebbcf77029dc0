// What a prompt of a simulation holds: a number that names it, what the model shall do, and words.

/** What the model does with a prompt. */
export interface Script {
  /** Characters of its input that the last step repeats. */
  say: number
  /** What it calls, step by step. */
  steps?: { tool: string; args: unknown }[][]
  /** Its provider never answers, or breaks off. */
  fails?: 'busy' | 'cut' | 'refused'
}

export interface Words {
  script: Script
  length: number
  /** Where in the well of words these begin. */
  from: number
}

/** All words of all simulations: what one text holds another may hold too. */
const VOCABULARY =
  'ledger harbour window signal garden letter morning paper river story reader answer quota salary'.split(' ')
const WELL = Array.from({ length: 9_000 }, (_, n) => VOCABULARY[(n * n + 7 * n) % VOCABULARY.length]).join(
  ' ',
)

export function filler({ length, from }: Pick<Words, 'length' | 'from'>): string {
  return WELL.slice(from % 1_000, (from % 1_000) + length)
}

export function promptText(number: number, words: Words): string {
  return `#${number} ${JSON.stringify(words.script)}\n${filler(words)}`
}

/** The number of a prompt, or null when the text is none. */
export function numberOf(text: string): number | null {
  const [, number] = /^#(\d+) /.exec(text) ?? []
  return number === undefined ? null : Number(number)
}

export function scriptOf(text: string): Script {
  const [, json] = /^#\d+ (\{.*\})$/m.exec(text) ?? []
  return json === undefined ? { say: 200 } : (JSON.parse(json) as Script)
}
