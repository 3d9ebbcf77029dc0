import type { ModelMessage, ModelQuestion as Said } from './port.ts'

/** Exchanges that a summary lists; of more, the last. */
const MOST = 12

/** A question with what it was answered, as far as the view has it. */
interface Exchange {
  said: Said
  /** Empty: this model’s own, that is none; null: there is none to be seen. */
  answer: string | null
}

export interface Words {
  quote: (text: string) => string
  name: (said: Said) => string
  /** What answers begin with that tell of the conversation instead of answering. */
  introduction: string
}

/**
 * Who asked what since the message that `asked` names as `#<seq>`, and how each ended; null where it asks for something
 * else. Decisions are beyond a model that does not think: it says so.
 */
export function caughtUp(
  asked: Said,
  before: readonly ModelMessage[],
  { quote, name, introduction }: Words,
): string[] | null {
  const [, since, seq] = /\bwhat happened\b([^?]*)\(#(\d+)\)/i.exec(asked.text) ?? []
  if (since === undefined) return null
  const lanes = lanesOf(exchangesIn(before, introduction))
  const named = lanes.map((lane) => from(lane, Number(seq)))
  const told = named.find(([first]) => first && since.includes(first.said.from.name)) ?? named[0] ?? []
  if (told.length === 0) return ['I see nothing that was said since then.']
  const left = told.length - MOST
  const lines = told.slice(-MOST).map(({ said, answer }) => {
    return `${name(said)} asked (#${said.from.seq}): ${quote(said.text)} ${endOf(answer, quote)}`
  })
  return [
    ...(left > 0 ? [`${left} more came before these.`] : []),
    ...lines,
    ...elsewhere(asked, lanes, told, name),
    ...concerning(asked, told),
    'What was decided by that I cannot tell: I only list it.',
  ]
}

function endOf(answer: string | null, quote: Words['quote']): string {
  if (answer === null) return 'I see no answer to that.'
  return answer === '' ? 'I told what I saw.' : `It was answered: ${quote(answer)}`
}

function exchangesIn(messages: readonly ModelMessage[], introduction: string): Exchange[] {
  const all: Exchange[] = []
  for (const message of messages) {
    const last = all.at(-1)
    if (message.role === 'user') all.push({ said: message, answer: null })
    else if (message.role === 'assistant' && last && message.text.trim() !== '') {
      last.answer = message.text.startsWith(introduction) ? '' : message.text
    }
  }
  return all
}

/** By who reads them, as views tell them one after the other. */
function lanesOf(exchanges: readonly Exchange[]): Exchange[][] {
  const lanes = new Map<string, Exchange[]>()
  for (const exchange of exchanges) {
    const key = JSON.stringify(exchange.said.from.readers ?? null)
    lanes.set(key, [...(lanes.get(key) ?? []), exchange])
  }
  return [...lanes.values()]
}

/** From that message on; of an answer, from its question. */
function from(lane: readonly Exchange[], seq: number): Exchange[] {
  const at = lane.findLastIndex(({ said }) => said.from.seq <= seq)
  return lane.slice(Math.max(0, at))
}

/** That something was said among fewer, where the one who asks reads it; not what they asked alone. */
function elsewhere(
  asked: Said,
  lanes: readonly Exchange[][],
  told: readonly Exchange[],
  name: Words['name'],
) {
  const [first] = told
  return lanes.flatMap((lane) => {
    const said = lane.at(-1)?.said
    const alone = said?.from.readers?.every((id) => id === asked.from.id) ?? true
    if (!said || alone || (first && lane.includes(first))) return []
    const names = [...new Set(lane.map((each) => name(each.said)))].join(', ')
    return [`Among fewer of you ${names} asked too, last at #${said.from.seq}.`]
  })
}

function concerning({ from: { id, name } }: Said, told: readonly Exchange[]): string[] {
  const wanted = wordsOf(name)
  const hits = told.filter(
    ({ said, answer }) =>
      said.from.id !== id && [said.text, answer ?? ''].some((text) => wordsOf(text).includes(wanted)),
  )
  if (hits.length === 0) return ['Your name is in none of it.']
  return [`Your name is in ${hits.map(({ said }) => `#${said.from.seq}`).join(', ')}.`]
}

/** The words of a text, each between two spaces: a name is none of the letters within another word. */
function wordsOf(text: string): string {
  return ` ${(text.toLocaleLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `
}
